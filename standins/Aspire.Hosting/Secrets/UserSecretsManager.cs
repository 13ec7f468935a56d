using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Secrets;

/// <summary>
/// Reads and writes <c>~/.microsoft/usersecrets/{id}/secrets.json</c>. Writers hold a lock file and replace the file as a
/// whole, so that two AppHosts at once agree on a generated value and a reader never sees half a file.
/// </summary>
internal sealed class UserSecretsManager(string? userSecretsId) : IUserSecretsManager
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsAvailable => userSecretsId is not null;

    public string FilePath { get; } = userSecretsId is null ? "" : PathHelper.GetSecretsPathFromSecretsId(userSecretsId);

    public bool TrySetSecret(string name, string value)
    {
        if (!IsAvailable) return false;
        Change(secrets => secrets[name] = value);
        return true;
    }

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        if (!string.IsNullOrEmpty(configuration[name])) return;
        var value = "";
        if (IsAvailable)
        {
            Change(secrets =>
            {
                // Another AppHost may have been quicker.
                value = secrets[name]?.GetValue<string>() is { Length: > 0 } kept ? kept : valueGenerator();
                secrets[name] = value;
            });
        }
        else
        {
            value = valueGenerator();
        }

        configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>(name, value)]);
    }

    private void Change(Action<JsonObject> change)
    {
        try
        {
            var folder = Path.GetDirectoryName(FilePath)!;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var held = Lock(FilePath + ".lock");
            var secrets = File.Exists(FilePath) ? Parse(File.ReadAllText(FilePath)) : [];
            var before = secrets.ToJsonString();
            change(secrets);
            if (secrets.ToJsonString() != before) Replace(secrets.ToJsonString(Indented));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The user secrets '{FilePath}' cannot be written ({exception.Message}). Give this user write permission on the folder.", exception);
        }
    }

    private JsonObject Parse(string text)
    {
        try
        {
            var parsed = JsonNode.Parse(text, null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject;
            var flat = new JsonObject();
            if (parsed is not null) Flatten(parsed, "", flat);
            return flat;
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"The user secrets '{FilePath}' are no valid JSON ({exception.Message}). Correct the file or delete it.", exception);
        }
    }

    // A hand-written file may nest sections; keys written as {"A:B": …} and {"A": {"B": …}} mean the same.
    private static void Flatten(JsonObject section, string prefix, JsonObject flat)
    {
        foreach (var (key, value) in section)
        {
            if (value is JsonObject nested) Flatten(nested, $"{prefix}{key}:", flat);
            else flat[prefix + key] = value?.DeepClone();
        }
    }

    private void Replace(string text)
    {
        var temporary = $"{FilePath}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, options)) writer.Write(text);
        File.Move(temporary, FilePath, overwrite: true);
    }

    private static FileStream Lock(string path)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                // An open handle is the lock: it is gone with its process, whatever happens.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < LockTimeout)
            {
                // The API is synchronous, and another process's file cannot be waited for.
                Thread.Sleep(20);
            }
        }
    }
}
