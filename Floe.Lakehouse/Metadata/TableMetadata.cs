using System.Text.Json;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Metadata;

/// <summary>Table metadata (specification, "Table Metadata"), immutable. Versions 1 and 2 are read.</summary>
public sealed record TableMetadata
{
    /// <summary>1 or 2.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The table's identity; empty for old version 1 tables without one.</summary>
    public required Guid TableUuid { get; init; }

    /// <summary>Base location, without a trailing slash.</summary>
    public required string Location { get; init; }

    /// <summary>Highest sequence number given out; 0 in version 1.</summary>
    public long LastSequenceNumber { get; init; }

    /// <summary>Last change, milliseconds since 1970-01-01Z.</summary>
    public required long LastUpdatedMs { get; init; }

    /// <summary>Highest field id given out.</summary>
    public required int LastColumnId { get; init; }

    /// <summary>All schemas.</summary>
    public required IReadOnlyList<Schema> Schemas { get; init; }

    /// <summary>Id of the current schema.</summary>
    public required int CurrentSchemaId { get; init; }

    /// <summary>All partition specs.</summary>
    public required IReadOnlyList<PartitionSpec> PartitionSpecs { get; init; }

    /// <summary>Id of the spec for new files.</summary>
    public required int DefaultSpecId { get; init; }

    /// <summary>Highest partition field id given out; 999 when none.</summary>
    public int LastPartitionId { get; init; }

    /// <summary>All sort orders.</summary>
    public required IReadOnlyList<SortOrder> SortOrders { get; init; }

    /// <summary>Id of the sort order for new files.</summary>
    public int DefaultSortOrderId { get; init; }

    /// <summary>Table properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Id of the current snapshot, or null when the table has none.</summary>
    public long? CurrentSnapshotId { get; init; }

    /// <summary>All valid snapshots.</summary>
    public IReadOnlyList<Snapshot> Snapshots { get; init; } = [];

    /// <summary>Which snapshot was current when, oldest first.</summary>
    public IReadOnlyList<SnapshotLogEntry> SnapshotLog { get; init; } = [];

    /// <summary>Earlier metadata files, oldest first.</summary>
    public IReadOnlyList<MetadataLogEntry> MetadataLog { get; init; } = [];

    /// <summary>Branches and tags by name.</summary>
    public IReadOnlyDictionary<string, SnapshotRef> Refs { get; init; } = new Dictionary<string, SnapshotRef>();

    /// <summary>Files of statistics that belong to snapshots.</summary>
    public IReadOnlyList<StatisticsFile> StatisticsFiles { get; init; } = [];

    /// <summary>The current schema.</summary>
    public Schema Schema => SchemaById(CurrentSchemaId);

    /// <summary>The spec for new files.</summary>
    public PartitionSpec PartitionSpec => SpecById(DefaultSpecId);

    /// <summary>The current snapshot, or null when the table has none.</summary>
    public Snapshot? CurrentSnapshot => CurrentSnapshotId is { } id ? SnapshotById(id) : null;

    /// <summary>The snapshot with this id.</summary>
    /// <exception cref="ValidationException">The table has no such snapshot (it may have expired).</exception>
    public Snapshot SnapshotById(long id) =>
        Snapshots.FirstOrDefault(s => s.SnapshotId == id)
        ?? throw new ValidationException($"The table at '{Location}' has no snapshot {id}; it may have expired.");

    /// <summary>The snapshot that was current at that time, by the snapshot log; null when the table had none yet.</summary>
    public Snapshot? SnapshotAsOf(DateTimeOffset time)
    {
        var ms = time.ToUnixTimeMilliseconds();
        var entry = SnapshotLog.LastOrDefault(e => e.TimestampMs <= ms);
        return entry is null ? null : SnapshotById(entry.SnapshotId);
    }

    /// <summary>The sort order for new files.</summary>
    public SortOrder SortOrder => SortOrders.FirstOrDefault(o => o.OrderId == DefaultSortOrderId) ?? SortOrder.Unsorted;

    /// <summary>A snapshot and those that it was made from, newest first, as far as they have not expired; none for null.</summary>
    public IEnumerable<Snapshot> AncestorsOf(long? snapshotId)
    {
        // A corrupt table could name a snapshot as its own ancestor.
        var left = Snapshots.Count;
        for (var id = snapshotId; id is not null && left-- > 0;)
        {
            if (Snapshots.FirstOrDefault(s => s.SnapshotId == id) is not { } snapshot)
                yield break;
            yield return snapshot;
            id = snapshot.ParentSnapshotId;
        }
    }

    /// <summary>The schema with this id.</summary>
    public Schema SchemaById(int id) =>
        Schemas.FirstOrDefault(s => s.SchemaId == id)
        ?? throw new ValidationException($"The table at '{Location}' has no schema {id}.");

    /// <summary>The newest schema that still has the source columns of a spec, so that its partition values keep their types.</summary>
    internal Schema SchemaFor(PartitionSpec spec) =>
        Schemas.OrderByDescending(s => s.SchemaId == CurrentSchemaId).ThenByDescending(s => s.SchemaId).FirstOrDefault(s => spec.Fields.All(f => s.FindField(f.SourceId) is not null)) ?? Schema;

    /// <summary>The partition spec with this id.</summary>
    public PartitionSpec SpecById(int id) =>
        PartitionSpecs.FirstOrDefault(s => s.SpecId == id)
        ?? throw new ValidationException($"The table at '{Location}' has no partition spec {id}.");

    /// <summary>Reads a metadata file (JSON, UTF-8).</summary>
    /// <param name="json">Content of the file.</param>
    /// <param name="location">Where it came from, for error messages.</param>
    /// <exception cref="CorruptFileException">Not JSON, or a field is missing or has a wrong type.</exception>
    /// <exception cref="UnsupportedFormatException">The format version is not 1 or 2.</exception>
    public static TableMetadata Parse(ReadOnlyMemory<byte> json, string location)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return TableMetadataJson.Read(document.RootElement, location);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A name or text that is not UTF-8 is noticed only when it is read.
            throw new CorruptFileException(location, $"it is not valid JSON ({e.Message})", e);
        }
    }
}
