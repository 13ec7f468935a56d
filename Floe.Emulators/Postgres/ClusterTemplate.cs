using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Floe.Emulators.Postgres;

/// <summary>
/// A freshly initialised data directory in the user's cache: initdb takes most of a cold start, a copy a tenth of it.
/// Nobody can log in to it (its role has no password and its rules demand one), so it holds no secret.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ClusterTemplate(PostgresBinaries binaries, ServerAccount account, string user)
{
    /// <summary>Raise it when the options of initdb or the rules below change.</summary>
    private const int Format = 1;

    private const string AccessRules = "host all all 127.0.0.1/32 scram-sha-256\n";

    /// <summary>Makes <paramref name="target"/>, whole or not at all.</summary>
    public async Task CopyToAsync(string target, CancellationToken cancellationToken)
    {
        var template = await EnsureAsync(cancellationToken);
        var unfinished = target + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        CopyDirectory(template, unfinished, cancellationToken);
        await account.TakeOverAsync(unfinished, cancellationToken);
        Directory.Move(unfinished, target);
    }

    private async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        var template = Path.Combine(CacheDirectory(), Key());
        if (Directory.Exists(template))
            return template;
        var own = $"{template}.{Environment.ProcessId}.new";
        await InitialiseAsync(own, cancellationToken);
        try
        {
            Directory.Move(own, template);
        }
        catch (IOException) when (Directory.Exists(template))
        {
            Directory.Delete(own, recursive: true); // another launcher was first; both are the same
        }
        return template;
    }

    private async Task InitialiseAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await account.TakeOverAsync(directory, cancellationToken);
            var run = await account.RunAsync(binaries.Initdb, ["-D", directory, .. Options()], cancellationToken);
            if (run.ExitCode != 0)
                throw new PostgresFailure($"initdb failed in {directory}: {run.LastLine}");
            await File.WriteAllTextAsync(Path.Combine(directory, "pg_hba.conf"), AccessRules, cancellationToken);
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Texts sort by code point the same on every machine; macOS has C.UTF-8 only inside PostgreSQL.</summary>
    private string[] Options() =>
    [
        "--username", user, "--auth=trust", "--encoding=UTF8", "--no-sync",
        .. OperatingSystem.IsMacOS() ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] : (string[])["--locale=C.UTF-8"],
    ];

    private string Key()
    {
        var description = $"{Format}|{binaries.Directory}|{binaries.Version}|{string.Join(' ', Options())}|{account.Owner}";
        return $"template-{binaries.Version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description)))[..16]}";
    }

    private static string CacheDirectory()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var directory = Path.Combine(cache, "floe", "postgres");
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PostgresFailure($"The cache folder {directory} cannot be made ({exception.Message}); set XDG_CACHE_HOME to a writable folder.", exception);
        }
        return directory;
    }

    private static void CopyDirectory(string source, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            cancellationToken.ThrowIfCancellationRequested();
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
        foreach (var directory in Directory.EnumerateDirectories(source))
            CopyDirectory(directory, Path.Combine(target, Path.GetFileName(directory)), cancellationToken);
    }
}
