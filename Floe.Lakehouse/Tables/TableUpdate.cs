using System.Text.Json;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Tables;

/// <summary>A change of a table's metadata (REST specification, <c>TableUpdate</c>).</summary>
public abstract record TableUpdate
{
    internal abstract void Write(Utf8JsonWriter json);
}

/// <summary>Adds a schema; field ids above the table's last-column-id count as new.</summary>
public sealed record AddSchema(Schema Schema) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "add-schema");
        json.WritePropertyName("schema");
        SchemaJson.Write(json, Schema);
    }
}

/// <summary>Makes a schema the current one; -1 is the one added last.</summary>
public sealed record SetCurrentSchema(int SchemaId) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "set-current-schema");
        json.WriteNumber("schema-id", SchemaId);
    }
}

/// <summary>Adds a partition spec.</summary>
public sealed record AddPartitionSpec(PartitionSpec Spec) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "add-spec");
        json.WritePropertyName("spec");
        SchemaJson.Write(json, Spec);
    }
}

/// <summary>Makes a partition spec the one for new files; -1 is the one added last.</summary>
public sealed record SetDefaultPartitionSpec(int SpecId) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "set-default-spec");
        json.WriteNumber("spec-id", SpecId);
    }
}

/// <summary>Adds a sort order.</summary>
public sealed record AddSortOrder(SortOrder Order) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "add-sort-order");
        json.WritePropertyName("sort-order");
        SchemaJson.Write(json, Order);
    }
}

/// <summary>Makes a sort order the one for new files; -1 is the one added last.</summary>
public sealed record SetDefaultSortOrder(int OrderId) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "set-default-sort-order");
        json.WriteNumber("sort-order-id", OrderId);
    }
}

/// <summary>Upgrades the table's format version; there is no way back.</summary>
public sealed record UpgradeFormatVersion(int FormatVersion) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "upgrade-format-version");
        json.WriteNumber("format-version", FormatVersion);
    }
}

/// <summary>Adds a snapshot.</summary>
public sealed record AddSnapshot(Snapshot Snapshot) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "add-snapshot");
        json.WritePropertyName("snapshot");
        TableMetadataJson.Write(json, Snapshot);
    }
}

/// <summary>Creates or moves a branch or tag.</summary>
public sealed record SetSnapshotRef(string Name, SnapshotRef Reference) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "set-snapshot-ref");
        json.WriteString("ref-name", Name);
        json.WriteString("type", Reference.Type);
        json.WriteNumber("snapshot-id", Reference.SnapshotId);
        if (Reference.MinSnapshotsToKeep is { } keep)
            json.WriteNumber("min-snapshots-to-keep", keep);
        if (Reference.MaxSnapshotAgeMs is { } age)
            json.WriteNumber("max-snapshot-age-ms", age);
        if (Reference.MaxRefAgeMs is { } refAge)
            json.WriteNumber("max-ref-age-ms", refAge);
    }
}

/// <summary>Removes a branch or tag.</summary>
public sealed record RemoveSnapshotRef(string Name) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "remove-snapshot-ref");
        json.WriteString("ref-name", Name);
    }
}

/// <summary>Removes snapshots from the metadata.</summary>
public sealed record RemoveSnapshots(IReadOnlyList<long> SnapshotIds) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "remove-snapshots");
        json.WriteStartArray("snapshot-ids");
        foreach (var id in SnapshotIds)
            json.WriteNumberValue(id);
        json.WriteEndArray();
    }
}

/// <summary>Sets table properties.</summary>
public sealed record SetProperties(IReadOnlyDictionary<string, string> Properties) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "set-properties");
        json.WriteStartObject("updates");
        foreach (var (key, value) in Properties)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}

/// <summary>Removes table properties.</summary>
public sealed record RemoveProperties(IReadOnlyList<string> Keys) : TableUpdate
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("action", "remove-properties");
        json.WriteStartArray("removals");
        foreach (var key in Keys)
            json.WriteStringValue(key);
        json.WriteEndArray();
    }
}
