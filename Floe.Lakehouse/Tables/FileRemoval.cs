using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>Which files of a snapshot the next one takes out, and which changes of others would make that wrong.</summary>
internal abstract class FileRemoval
{
    /// <summary>Whether a manifest may have files that go; reading it tells.</summary>
    public virtual bool Touches(ManifestFile manifest) => true;

    /// <summary>Whether the file goes.</summary>
    public abstract bool Takes(ManifestEntry entry);

    /// <summary>Why the change cannot be made, given all the files that it takes out of a state of the table; null when it can.</summary>
    public virtual string? Missing(IReadOnlyCollection<ManifestEntry> taken) => null;

    /// <summary>Why the change cannot be made beside a change of another snapshot that came meanwhile; null when it can.</summary>
    /// <param name="by">The other snapshot.</param>
    /// <param name="entry">A file that it added or deleted.</param>
    public abstract string? Conflict(Snapshot by, ManifestEntry entry);
}

/// <summary>All files; the transaction asks that nothing else came meanwhile.</summary>
internal sealed class AllFiles : FileRemoval
{
    public override bool Takes(ManifestEntry entry) => true;

    public override string? Conflict(Snapshot by, ManifestEntry entry) => $"the snapshot {by.SnapshotId} changed the file '{entry.DataFile.FilePath}'";
}

/// <summary>The files of some partitions, delete files too. Whoever changes one of these partitions meanwhile is in conflict.</summary>
internal sealed class FilesOfPartitions(IReadOnlySet<PartitionKey> partitions) : FileRemoval
{
    private readonly HashSet<int> specs = [.. partitions.Select(p => p.SpecId)];

    public override bool Touches(ManifestFile manifest) => specs.Contains(manifest.PartitionSpecId);

    public override bool Takes(ManifestEntry entry) => partitions.Contains(PartitionKey.Of(entry.DataFile));

    // Whether a file of another spec belongs to one of the partitions cannot be told.
    public override string? Conflict(Snapshot by, ManifestEntry entry) => by.Operation != "replace" && (!specs.Contains(entry.DataFile.SpecId) || Takes(entry))
        ? $"the snapshot {by.SnapshotId} {(entry.IsLive ? "added" : "removed")} the file '{entry.DataFile.FilePath}' in a partition that this change replaces"
        : null;
}
