namespace Floe.Lakehouse.Manifests;

/// <summary>State of a manifest entry (specification, "Manifests", field 0).</summary>
public enum EntryStatus
{
    /// <summary>The file was there before the manifest's snapshot.</summary>
    Existing = 0,

    /// <summary>The manifest's snapshot added the file.</summary>
    Added = 1,

    /// <summary>The manifest's snapshot removed the file.</summary>
    Deleted = 2,
}

/// <summary>A file in a manifest. When read, inherited values (snapshot id, sequence numbers) are filled in.</summary>
/// <param name="Status">State.</param>
/// <param name="SnapshotId">Snapshot that added the file, or removed it when deleted; null when written to be inherited.</param>
/// <param name="SequenceNumber">Data sequence number; null when written to be inherited.</param>
/// <param name="FileSequenceNumber">Sequence number of the snapshot that added the file; null when written to be inherited.</param>
/// <param name="DataFile">The file.</param>
public sealed record ManifestEntry(EntryStatus Status, long? SnapshotId, long? SequenceNumber, long? FileSequenceNumber, DataFile DataFile)
{
    /// <summary>Whether the file belongs to the snapshot's content.</summary>
    public bool IsLive => Status != EntryStatus.Deleted;
}
