using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>Writes the manifests that take files out of a table (specification, "Manifests"): a manifest with some files that go is written again with
/// EXISTING and DELETED entries, one without stays as it is.</summary>
internal sealed class RemovedFiles(Table table, FileRemoval removal, SnapshotOutput output)
{
    // Manifests never change: a later attempt needs only the new ones.
    private readonly Dictionary<string, IReadOnlyList<ManifestEntry>> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManifestFile> rewritten = new(StringComparer.Ordinal);

    /// <summary>The manifests to list instead of the given live ones.</summary>
    /// <exception cref="CommitFailedException">A file that the change names is not there any more.</exception>
    public async Task<IReadOnlyList<ManifestFile>> WriteAsync(TableMetadata metadata, IReadOnlyList<ManifestFile> live, SnapshotSummary change, CancellationToken ct)
    {
        var touched = live.Where(removal.Touches).ToList();
        var unread = touched.Where(m => !taken.TryGetValue(m.ManifestPath, out var known) || (known.Count > 0 && !rewritten.ContainsKey(m.ManifestPath))).ToList();
        var entries = (await SnapshotFiles.EntriesAsync(unread, metadata, table.IO, ct)).Zip(unread).ToDictionary(p => p.Second.ManifestPath, p => p.First, StringComparer.Ordinal);
        foreach (var manifest in unread)
            taken[manifest.ManifestPath] = [.. entries[manifest.ManifestPath].Where(e => e.IsLive && removal.Takes(e))];
        if (removal.Missing([.. touched.SelectMany(m => taken[m.ManifestPath])]) is { } reason)
            throw new CommitFailedException($"The change of {table.Identifier} does not apply: {reason}; read the table again and repeat the change.");

        var result = new List<ManifestFile>(live.Count);
        var emptied = new List<(ManifestFile Manifest, IReadOnlyList<ManifestEntry> Taken)>();
        foreach (var manifest in live)
        {
            if (!taken.TryGetValue(manifest.ManifestPath, out var gone) || gone.Count == 0)
            {
                result.Add(manifest);
                continue;
            }

            foreach (var entry in gone)
                change.Remove(entry.DataFile);
            if (rewritten.TryGetValue(manifest.ManifestPath, out var known))
                result.Add(known);
            else if (entries[manifest.ManifestPath].Count(e => e.IsLive) == gone.Count)
                emptied.Add((manifest, gone));
            else
                result.Add(rewritten[manifest.ManifestPath] = await WriteAsync(metadata, manifest, entries[manifest.ManifestPath], ct));
        }

        // Manifests that lose all their files share one that says so.
        foreach (var group in emptied.GroupBy(m => (m.Manifest.PartitionSpecId, m.Manifest.Content)))
            result.Add(await WriteAsync(metadata, group.First().Manifest, [.. group.SelectMany(m => m.Taken)], ct));
        return result;
    }

    private async Task<ManifestFile> WriteAsync(TableMetadata metadata, ManifestFile kind, IReadOnlyList<ManifestEntry> entries, CancellationToken ct)
    {
        var spec = metadata.SpecById(kind.PartitionSpecId);
        var writer = new ManifestWriter(spec, metadata.SchemaFor(spec), kind.Content, output.SnapshotId);
        foreach (var entry in entries.Where(e => e.IsLive))
        {
            writer.Add(removal.Takes(entry)
                ? entry with { Status = EntryStatus.Deleted, SnapshotId = output.SnapshotId }
                : entry with { Status = EntryStatus.Existing });
        }

        return await output.WriteManifestAsync(writer, ct);
    }
}
