using System.Text.Json;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Metadata;

/// <summary>JSON of table metadata (specification, "Table Metadata Fields" and appendix C), versions 1 and 2.</summary>
internal static class TableMetadataJson
{
    private const int HighestVersion = 2;
    private const long LatestMs = 253_402_300_799_999;

    public static TableMetadata Read(JsonElement element, string location)
    {
        var json = new JsonFields(element, location, "the table metadata");
        var version = json.Int("format-version");
        if (version is < 1 or > HighestVersion)
            throw new UnsupportedFormatException($"The table metadata '{location}' has format-version {version}; versions 1 and {HighestVersion} can be read.");
        if (version > 1 && !json.Has("table-uuid"))
            throw json.Bad("table-uuid", "is missing");

        IReadOnlyList<Schema> schemas = json.Has("schemas")
            ? [.. json.Objects("schemas").Select(SchemaJson.ReadSchema)]
            : [SchemaJson.ReadSchema(json.Object("schema"))];
        var currentSchemaId = json.OptionalInt("current-schema-id") ?? schemas[0].SchemaId;
        if (schemas.All(s => s.SchemaId != currentSchemaId))
            throw json.Bad("current-schema-id", $"is {currentSchemaId}, which is not one of the schemas");

        IReadOnlyList<PartitionSpec> specs = json.Has("partition-specs")
            ? [.. json.Objects("partition-specs").Select(SchemaJson.ReadSpec)]
            : [new PartitionSpec(0, SchemaJson.ReadSpecFields(json, "partition-spec"))];
        var defaultSpecId = json.OptionalInt("default-spec-id") ?? specs[0].SpecId;
        if (specs.All(s => s.SpecId != defaultSpecId))
            throw json.Bad("default-spec-id", $"is {defaultSpecId}, which is not one of the partition specs");

        IReadOnlyList<SortOrder> orders = json.Has("sort-orders") ? [.. json.Objects("sort-orders").Select(SchemaJson.ReadOrder)] : [SortOrder.Unsorted];
        IReadOnlyList<Snapshot> snapshots = [.. json.Objects("snapshots").Select(ReadSnapshot)];

        // Writers of version 2 say -1 for "none"; the specification's JSON leaves it out.
        var current = json.OptionalLong("current-snapshot-id") is { } id and not -1 ? (long?)id : null;
        if (current is not null && snapshots.All(s => s.SnapshotId != current))
            throw json.Bad("current-snapshot-id", $"is {current}, which is not one of the snapshots");

        var refs = new Dictionary<string, SnapshotRef>(StringComparer.Ordinal);
        foreach (var (name, fields) in json.Members("refs"))
            refs[name] = ReadRef(fields);
        if (current is not null)
            refs.TryAdd(SnapshotRef.Main, new SnapshotRef(current.Value, "branch"));

        return new TableMetadata
        {
            FormatVersion = version,
            TableUuid = json.OptionalText("table-uuid") is not { } text ? Guid.Empty : Guid.TryParse(text, out var uuid) ? uuid : throw json.Bad("table-uuid", "must be a UUID"),
            Location = json.Text("location").TrimEnd('/'),
            LastSequenceNumber = version == 1 ? 0 : json.Long("last-sequence-number"),
            LastUpdatedMs = json.Long("last-updated-ms"),
            LastColumnId = json.Int("last-column-id"),
            Schemas = schemas,
            CurrentSchemaId = currentSchemaId,
            PartitionSpecs = specs,
            DefaultSpecId = defaultSpecId,
            LastPartitionId = json.OptionalInt("last-partition-id") ?? specs.SelectMany(s => s.Fields).Select(f => f.FieldId).Append(PartitionSpec.FirstFieldId - 1).Max(),
            SortOrders = orders,
            DefaultSortOrderId = json.OptionalInt("default-sort-order-id") ?? 0,
            Properties = json.Map("properties"),
            CurrentSnapshotId = current,
            Snapshots = snapshots,
            SnapshotLog = [.. json.Objects("snapshot-log").Select(e => new SnapshotLogEntry(e.Long("timestamp-ms"), e.Long("snapshot-id")))],
            MetadataLog = [.. json.Objects("metadata-log").Select(e => new MetadataLogEntry(e.Long("timestamp-ms"), e.Text("metadata-file")))],
            Refs = refs,
            StatisticsFiles =
            [
                .. json.Objects("statistics").Concat(json.Objects("partition-statistics"))
                    .Select(f => new StatisticsFile(f.Long("snapshot-id"), f.Text("statistics-path"), f.Long("file-size-in-bytes"))),
            ],
        };
    }

    public static void Write(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteNumber("snapshot-id", snapshot.SnapshotId);
        if (snapshot.ParentSnapshotId is { } parent)
            json.WriteNumber("parent-snapshot-id", parent);
        json.WriteNumber("sequence-number", snapshot.SequenceNumber);
        json.WriteNumber("timestamp-ms", snapshot.TimestampMs);
        json.WriteString("manifest-list", snapshot.ManifestList);
        json.WriteStartObject("summary");
        foreach (var (key, value) in snapshot.Summary)
            json.WriteString(key, value);
        json.WriteEndObject();
        if (snapshot.SchemaId is { } schema)
            json.WriteNumber("schema-id", schema);
        json.WriteEndObject();
    }

    private static Snapshot ReadSnapshot(JsonFields json) => new()
    {
        SnapshotId = json.Long("snapshot-id"),
        ParentSnapshotId = json.OptionalLong("parent-snapshot-id"),
        SequenceNumber = json.OptionalLong("sequence-number") ?? 0,
        TimestampMs = json.Long("timestamp-ms") is >= 0 and <= LatestMs and var ms ? ms : throw json.Bad("timestamp-ms", $"must lie between 0 and {LatestMs}, the end of the year 9999"),
        ManifestList = json.OptionalText("manifest-list"),
        Manifests = json.Texts("manifests"),
        SchemaId = json.OptionalInt("schema-id"),
        Summary = json.Map("summary"),
    };

    private static SnapshotRef ReadRef(JsonFields json) => new(
        json.Long("snapshot-id"),
        json.Text("type"),
        json.OptionalInt("min-snapshots-to-keep"),
        json.OptionalLong("max-snapshot-age-ms"),
        json.OptionalLong("max-ref-age-ms"));
}
