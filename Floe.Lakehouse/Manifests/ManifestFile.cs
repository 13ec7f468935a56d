namespace Floe.Lakehouse.Manifests;

/// <summary>What the files of a manifest are (specification, "Manifest Lists", field 517).</summary>
public enum ManifestContent
{
    /// <summary>Data files.</summary>
    Data = 0,

    /// <summary>Delete files.</summary>
    Deletes = 1,
}

/// <summary>Values of one partition field over a manifest (specification, struct <c>field_summary</c>).</summary>
/// <param name="ContainsNull">A live file has null in the field.</param>
/// <param name="ContainsNan">A live file has NaN in the field; null when not known.</param>
/// <param name="LowerBound">Least value, single-value serialised, or null when all are null or NaN.</param>
/// <param name="UpperBound">Greatest value, likewise.</param>
public sealed record FieldSummary(bool ContainsNull, bool? ContainsNan, byte[]? LowerBound, byte[]? UpperBound);

/// <summary>A manifest as its manifest list describes it (specification, "Manifest Lists", struct <c>manifest_file</c>).</summary>
public sealed record ManifestFile
{
    /// <summary>Location of the manifest.</summary>
    public required string ManifestPath { get; init; }

    /// <summary>Bytes of the manifest.</summary>
    public required long ManifestLength { get; init; }

    /// <summary>Partition spec of its files.</summary>
    public required int PartitionSpecId { get; init; }

    /// <summary>Data or delete files.</summary>
    public ManifestContent Content { get; init; }

    /// <summary>Sequence number of the commit that added the manifest; 0 in version 1.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>Least data sequence number of its live files; 0 in version 1.</summary>
    public long MinSequenceNumber { get; init; }

    /// <summary>Snapshot that added the manifest.</summary>
    public required long AddedSnapshotId { get; init; }

    /// <summary>Entries with status ADDED; null when an old writer left it out (then assume some).</summary>
    public int? AddedFilesCount { get; init; }

    /// <summary>Entries with status EXISTING; null as above.</summary>
    public int? ExistingFilesCount { get; init; }

    /// <summary>Entries with status DELETED; null as above.</summary>
    public int? DeletedFilesCount { get; init; }

    /// <summary>Rows of the ADDED files; null as above.</summary>
    public long? AddedRowsCount { get; init; }

    /// <summary>Rows of the EXISTING files; null as above.</summary>
    public long? ExistingRowsCount { get; init; }

    /// <summary>Rows of the DELETED files; null as above.</summary>
    public long? DeletedRowsCount { get; init; }

    /// <summary>Summary of each partition field, or null when not known.</summary>
    public IReadOnlyList<FieldSummary>? Partitions { get; init; }

    /// <summary>Key metadata of an encrypted manifest.</summary>
    public byte[]? KeyMetadata { get; init; }

    /// <summary>Whether the manifest may have files that belong to the snapshot's content.</summary>
    public bool HasLiveFiles => AddedFilesCount is not 0 || ExistingFilesCount is not 0;
}
