using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Publishing.Output;

/// <summary>The files of one publish: written with the same bytes for the same model, listed in <c>summary.json</c>; what an earlier publish wrote and this one does not is removed.</summary>
internal sealed class PublishedFiles(string folder)
{
    private const string SummaryFile = "summary.json";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Where the files go.</summary>
    public string Folder => folder;

    /// <summary>Relative names, in order.</summary>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Adds a file.</summary>
    /// <param name="name">Relative, with slashes.</param>
    /// <param name="text">Its content.</param>
    public void Add(string name, string text)
    {
        lock (_files)
            _files[name] = s_utf8.GetBytes(text);
    }

    /// <summary>Writes everything and the summary.</summary>
    /// <param name="facts">What the summary says beside the files.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task WriteAsync(JsonObject facts, CancellationToken cancellationToken)
    {
        RemoveOlder();
        facts["files"] = new JsonArray([.. _files.Select(f => (JsonNode)new JsonObject { ["name"] = f.Key, ["bytes"] = f.Value.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(f.Value)) })]);
        Add(SummaryFile, $"{facts.ToJsonString(new() { WriteIndented = true, NewLine = "\n" })}\n");
        foreach (var (name, content) in _files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content, cancellationToken);
        }
    }

    private void RemoveOlder()
    {
        var summary = Path.Combine(folder, SummaryFile);
        if (!File.Exists(summary))
            return;
        foreach (var file in JsonNode.Parse(File.ReadAllText(summary))?["files"] as JsonArray ?? [])
        {
            var path = Path.GetFullPath(file!["name"]!.GetValue<string>(), folder);
            // A summary that somebody edited must not reach outside.
            if (path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                File.Delete(path);
        }
    }
}
