using System.Globalization;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>
/// Keeps the number of manifests small when many appends each add one: from a number of small manifests on they become one, whose entries are EXISTING
/// and keep their snapshot and sequence numbers (specification, "Manifests"). Table properties <c>commit.manifest-merge.enabled</c>,
/// <c>commit.manifest.min-count-to-merge</c> and <c>commit.manifest.target-size-bytes</c>.
/// </summary>
internal sealed class ManifestMerge(Table table, long snapshotId, Func<ManifestWriter, CancellationToken, Task<ManifestFile>> write)
{
    private const int DefaultMinCount = 100;
    private const int DefaultTargetBytes = 8 * 1024 * 1024;

    // A later attempt on a newer state of the table most often still has the same small manifests.
    private readonly List<(IReadOnlyList<ManifestFile> Sources, ManifestFile Result)> done = [];

    /// <summary>The manifests to list instead of the given ones, in their order; a merged one stands where its first source stood.</summary>
    public async Task<IReadOnlyList<ManifestFile>> ApplyAsync(TableMetadata metadata, IReadOnlyList<ManifestFile> manifests, CancellationToken ct)
    {
        if (Property(metadata, "commit.manifest-merge.enabled") is "false")
            return manifests;
        var minCount = Number(metadata, "commit.manifest.min-count-to-merge", DefaultMinCount);
        var target = Number(metadata, "commit.manifest.target-size-bytes", DefaultTargetBytes);

        foreach (var (sources, result) in done)
        {
            if (sources.All(s => manifests.Any(m => m.ManifestPath == s.ManifestPath)))
                manifests = Replace(manifests, sources, result);
        }

        foreach (var kind in manifests.Where(m => m.ManifestLength < target / 2).GroupBy(m => (m.PartitionSpecId, m.Content)).Where(g => g.Count() >= minCount).ToList())
        {
            foreach (var sources in Bins(kind, target).Where(bin => bin.Count > 1))
            {
                var spec = metadata.SpecById(kind.Key.PartitionSpecId);
                var writer = new ManifestWriter(spec, metadata.SchemaFor(spec), kind.Key.Content, snapshotId);
                foreach (var entry in (await SnapshotFiles.EntriesAsync(sources, metadata, table.IO, ct)).SelectMany(e => e).Where(e => e.IsLive))
                    writer.Add(entry with { Status = EntryStatus.Existing });
                var result = await write(writer, ct);
                done.Add((sources, result));
                manifests = Replace(manifests, sources, result);
            }
        }

        return manifests;
    }

    private static IEnumerable<IReadOnlyList<ManifestFile>> Bins(IEnumerable<ManifestFile> manifests, long target)
    {
        var bin = new List<ManifestFile>();
        var size = 0L;
        foreach (var manifest in manifests)
        {
            if (bin.Count > 0 && size + manifest.ManifestLength > target)
            {
                yield return bin;
                (bin, size) = ([], 0);
            }

            bin.Add(manifest);
            size += manifest.ManifestLength;
        }

        yield return bin;
    }

    private static IReadOnlyList<ManifestFile> Replace(IReadOnlyList<ManifestFile> manifests, IReadOnlyList<ManifestFile> sources, ManifestFile result)
    {
        var gone = sources.Select(m => m.ManifestPath).ToHashSet(StringComparer.Ordinal);
        return [.. manifests.Where(m => m.ManifestPath == sources[0].ManifestPath || !gone.Contains(m.ManifestPath)).Select(m => m.ManifestPath == sources[0].ManifestPath ? result : m)];
    }

    private int Number(TableMetadata metadata, string key, int otherwise) =>
        Property(metadata, key) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new ValidationException($"The table {table.Identifier} has the property {key}={text}; it must be a whole number from 1.");

    private static string? Property(TableMetadata metadata, string key) => metadata.Properties.GetValueOrDefault(key);
}
