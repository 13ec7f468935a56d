namespace Floe.Lakehouse.Metadata;

/// <summary>A snapshot: the table's state at one time (specification, "Snapshots").</summary>
public sealed record Snapshot
{
    /// <summary>Unique id, positive.</summary>
    public required long SnapshotId { get; init; }

    /// <summary>The snapshot that this one was made from, or null.</summary>
    public long? ParentSnapshotId { get; init; }

    /// <summary>Order of changes in the table; 0 in format version 1.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>When it was made, milliseconds since 1970-01-01Z.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>Location of the manifest list; null only in old version 1 tables, which name their <see cref="Manifests"/> instead.</summary>
    public string? ManifestList { get; init; }

    /// <summary>Locations of manifests in old version 1 tables, else empty.</summary>
    public IReadOnlyList<string> Manifests { get; init; } = [];

    /// <summary>Schema that was current when the snapshot was made, or null when not known.</summary>
    public int? SchemaId { get; init; }

    /// <summary>Summary, <c>operation</c> included (specification, "Snapshot Summary" and appendix "Optional Snapshot Summary Fields").</summary>
    public IReadOnlyDictionary<string, string> Summary { get; init; } = new Dictionary<string, string>();

    /// <summary><c>append</c>, <c>replace</c>, <c>overwrite</c> or <c>delete</c>; null when an old table has no summary.</summary>
    public string? Operation => Summary.GetValueOrDefault("operation");

    /// <summary>When it was made.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);
}

/// <summary>A named reference to a snapshot (specification, "Snapshot References").</summary>
/// <param name="SnapshotId">The snapshot.</param>
/// <param name="Type"><c>branch</c> or <c>tag</c>.</param>
/// <param name="MinSnapshotsToKeep">Branches: how many snapshots expiry keeps, or null.</param>
/// <param name="MaxSnapshotAgeMs">Branches: age that expiry keeps, or null.</param>
/// <param name="MaxRefAgeMs">Age after which the reference itself expires, or null; never for <c>main</c>.</param>
public sealed record SnapshotRef(long SnapshotId, string Type, int? MinSnapshotsToKeep = null, long? MaxSnapshotAgeMs = null, long? MaxRefAgeMs = null)
{
    /// <summary>The main branch's name.</summary>
    public const string Main = "main";
}

/// <summary>An entry of the snapshot log: which snapshot was current from when.</summary>
public sealed record SnapshotLogEntry(long TimestampMs, long SnapshotId);

/// <summary>An entry of the metadata log: an earlier metadata file.</summary>
public sealed record MetadataLogEntry(long TimestampMs, string MetadataFile);

/// <summary>A file of statistics of a snapshot (specification, "Table Statistics" and "Partition Statistics"); kept, not read.</summary>
/// <param name="SnapshotId">The snapshot.</param>
/// <param name="Location">Full location.</param>
/// <param name="FileSizeInBytes">Bytes.</param>
public sealed record StatisticsFile(long SnapshotId, string Location, long FileSizeInBytes);
