using System.Text.Json;

namespace Floe.Lakehouse.Tables;

/// <summary>What must hold in the catalog for a commit to be applied (REST specification, <c>TableRequirement</c>).</summary>
public abstract record TableRequirement
{
    internal abstract void Write(Utf8JsonWriter json);
}

/// <summary>The table does not exist yet.</summary>
public sealed record AssertCreate : TableRequirement
{
    internal override void Write(Utf8JsonWriter json) => json.WriteString("type", "assert-create");
}

/// <summary>The table is still the same one, not dropped and created again.</summary>
public sealed record AssertTableUuid(Guid Uuid) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-table-uuid");
        json.WriteString("uuid", Uuid);
    }
}

/// <summary>The branch or tag still refers to this snapshot; null: it does not exist.</summary>
public sealed record AssertRefSnapshotId(string Ref, long? SnapshotId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-ref-snapshot-id");
        json.WriteString("ref", Ref);

        // Both members are required: null says that the reference must not exist.
        if (SnapshotId is { } id)
            json.WriteNumber("snapshot-id", id);
        else
            json.WriteNull("snapshot-id");
    }
}

/// <summary>No field id was given out meanwhile.</summary>
public sealed record AssertLastAssignedFieldId(int LastAssignedFieldId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-last-assigned-field-id");
        json.WriteNumber("last-assigned-field-id", LastAssignedFieldId);
    }
}

/// <summary>The current schema is still this one.</summary>
public sealed record AssertCurrentSchemaId(int CurrentSchemaId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-current-schema-id");
        json.WriteNumber("current-schema-id", CurrentSchemaId);
    }
}

/// <summary>The default partition spec is still this one.</summary>
public sealed record AssertDefaultSpecId(int DefaultSpecId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-default-spec-id");
        json.WriteNumber("default-spec-id", DefaultSpecId);
    }
}

/// <summary>No partition field id was given out meanwhile.</summary>
public sealed record AssertLastAssignedPartitionId(int LastAssignedPartitionId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-last-assigned-partition-id");
        json.WriteNumber("last-assigned-partition-id", LastAssignedPartitionId);
    }
}

/// <summary>The default sort order is still this one.</summary>
public sealed record AssertDefaultSortOrderId(int DefaultSortOrderId) : TableRequirement
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "assert-default-sort-order-id");
        json.WriteNumber("default-sort-order-id", DefaultSortOrderId);
    }
}
