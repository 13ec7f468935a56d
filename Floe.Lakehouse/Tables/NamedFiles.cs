using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>Files that the change names: all of them must still be there. Rows that others deleted from them meanwhile would come back, so that is a
/// conflict; so are rows added meanwhile that the change should have seen.</summary>
/// <param name="files">The files.</param>
/// <param name="shouldHaveSeen">Whether a data file that another snapshot added may hold rows that the change is about; null: it never does.</param>
internal sealed class NamedFiles(IEnumerable<DataFile> files, Func<DataFile, bool>? shouldHaveSeen) : FileRemoval
{
    private readonly Dictionary<string, DataFile> byPath = files.ToDictionary(f => f.FilePath, StringComparer.Ordinal);
    private HashSet<int>? specs;
    private HashSet<PartitionKey>? partitions;

    private HashSet<int> Specs => specs ??= [.. byPath.Values.Select(f => f.SpecId)];

    private HashSet<PartitionKey> Partitions => partitions ??= [.. byPath.Values.Select(PartitionKey.Of)];

    public override bool Touches(ManifestFile manifest) => Specs.Contains(manifest.PartitionSpecId);

    public override bool Takes(ManifestEntry entry) => byPath.ContainsKey(entry.DataFile.FilePath);

    public override string? Missing(IReadOnlyCollection<ManifestEntry> taken)
    {
        if (taken.Count >= byPath.Count)
            return null;
        var there = taken.Select(e => e.DataFile.FilePath).ToHashSet(StringComparer.Ordinal);
        return byPath.Keys.FirstOrDefault(f => !there.Contains(f)) is { } gone ? $"the file '{gone}', which this change removes, is not in the table any more" : null;
    }

    public override string? Conflict(Snapshot by, ManifestEntry entry)
    {
        var file = entry.DataFile;
        if (!entry.IsLive)
            return null;
        if (file.Content != DataContent.Data)
        {
            // Deletes by position name files of their own partition; deletes by value may be of the whole table.
            return Partitions.Contains(PartitionKey.Of(file)) || file.Partition.Count == 0
                ? $"the snapshot {by.SnapshotId} deleted rows ('{file.FilePath}') in a partition whose files this change rewrites"
                : null;
        }

        return by.Operation != "replace" && shouldHaveSeen?.Invoke(file) == true
            ? $"the snapshot {by.SnapshotId} added the file '{file.FilePath}', which may hold rows that this change is about"
            : null;
    }
}
