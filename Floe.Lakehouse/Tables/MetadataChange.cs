using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Tables;

/// <summary>What a transaction changes in a table besides its files: schema, partition spec, sort order, properties, references, format version.</summary>
internal sealed class MetadataChange(Table table)
{
    private readonly TableMetadata start = table.Metadata;
    private readonly Dictionary<string, string?> properties = new(StringComparer.Ordinal);

    /// <summary>The new schema, or null.</summary>
    public Schema? Schema { get; set; }

    /// <summary>The new default spec, or null.</summary>
    public PartitionSpec? Spec { get; set; }

    /// <summary>The new default sort order, or null.</summary>
    public SortOrder? Order { get; set; }

    /// <summary>The new format version, or null.</summary>
    public int? FormatVersion { get; set; }

    /// <summary>Branches and tags by name; null for those that go.</summary>
    public Dictionary<string, SnapshotRef?> Refs { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether anything changes.</summary>
    public bool Any => Schema is not null || Spec is not null || Order is not null || FormatVersion is not null || Refs.Count > 0 || properties.Count > 0;

    public void Set(string key, string value) => properties[key] = value;

    public void Remove(string key) => properties[key] = null;

    /// <summary>Id that the schema will have for a snapshot of the same commit.</summary>
    public int SchemaId(TableMetadata at) => Schema is null ? at.CurrentSchemaId : Known(at)?.SchemaId ?? at.Schemas.Max(s => s.SchemaId) + 1;

    /// <summary>Adds requirements and updates of a commit on that state of the table.</summary>
    public void Write(TableMetadata at, List<TableRequirement> requirements, List<TableUpdate> updates)
    {
        if (FormatVersion is { } version && version != at.FormatVersion)
            updates.Add(new UpgradeFormatVersion(version));
        // A dropped column must be out of the spec first; a new column must be in the schema first.
        if (Spec is not null && Spec.Fields.All(f => at.Schema.FindField(f.SourceId) is not null))
        {
            WriteSpec(at, requirements, updates);
            WriteSchema(at, requirements, updates);
        }
        else
        {
            WriteSchema(at, requirements, updates);
            WriteSpec(at, requirements, updates);
        }

        if (Order is not null)
        {
            requirements.Add(new AssertDefaultSortOrderId(at.DefaultSortOrderId));
            updates.Add(new AddSortOrder(Order));
            updates.Add(new SetDefaultSortOrder(-1));
        }

        if (properties.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!, StringComparer.Ordinal) is { Count: > 0 } set)
            updates.Add(new SetProperties(set));
        if (properties.Where(p => p.Value is null).Select(p => p.Key).ToList() is { Count: > 0 } removed)
            updates.Add(new RemoveProperties(removed));
        foreach (var (name, reference) in Refs)
        {
            requirements.Add(new AssertRefSnapshotId(name, start.Refs.GetValueOrDefault(name)?.SnapshotId));
            updates.Add(reference is null ? new RemoveSnapshotRef(name) : new SetSnapshotRef(name, reference));
        }
    }

    /// <summary>Why the change does not apply to that state any more, or null.</summary>
    public string? Conflict(TableMetadata now)
    {
        if (Schema is not null && (now.CurrentSchemaId != start.CurrentSchemaId || now.LastColumnId != start.LastColumnId))
            return $"The schema of the table {table.Identifier} was changed since the change began; begin it again.";
        if (Spec is not null && (now.DefaultSpecId != start.DefaultSpecId || now.LastPartitionId != start.LastPartitionId))
            return $"The partition spec of the table {table.Identifier} was changed since the change began; begin it again.";
        if (Order is not null && now.DefaultSortOrderId != start.DefaultSortOrderId)
            return $"The sort order of the table {table.Identifier} was changed since the change began; begin it again.";
        foreach (var (name, reference) in Refs)
        {
            if (now.Refs.GetValueOrDefault(name) != start.Refs.GetValueOrDefault(name))
                return $"The branch or tag '{name}' of the table {table.Identifier} was moved, created or removed since the change began; begin it again.";
            if (reference is not null && now.Snapshots.All(s => s.SnapshotId != reference.SnapshotId))
                return $"The snapshot {reference.SnapshotId} of the table {table.Identifier}, which '{name}' should refer to, has expired.";
        }

        return null;
    }

    /// <summary>Whether that state has all that the change wants.</summary>
    public bool HoldsIn(TableMetadata now) =>
        (Schema is null || now.Schema.SaysTheSame(Schema))
        && (Spec is null || now.PartitionSpec.Fields.SequenceEqual(Spec.Fields))
        && (Order is null || now.SortOrder.Fields.SequenceEqual(Order.Fields))
        && (FormatVersion is null || now.FormatVersion == FormatVersion)
        && properties.All(p => now.Properties.GetValueOrDefault(p.Key) == p.Value)
        && Refs.All(r => now.Refs.GetValueOrDefault(r.Key) == r.Value);

    private void WriteSchema(TableMetadata at, List<TableRequirement> requirements, List<TableUpdate> updates)
    {
        if (Schema is null)
            return;
        requirements.Add(new AssertCurrentSchemaId(at.CurrentSchemaId));
        requirements.Add(new AssertLastAssignedFieldId(at.LastColumnId));
        if (Known(at) is { } known)
        {
            updates.Add(new SetCurrentSchema(known.SchemaId));
            return;
        }

        updates.Add(new AddSchema(Schema.WithId(SchemaId(at))));
        updates.Add(new SetCurrentSchema(-1));
    }

    private void WriteSpec(TableMetadata at, List<TableRequirement> requirements, List<TableUpdate> updates)
    {
        if (Spec is null)
            return;
        requirements.Add(new AssertDefaultSpecId(at.DefaultSpecId));
        requirements.Add(new AssertLastAssignedPartitionId(at.LastPartitionId));
        updates.Add(new AddPartitionSpec(Spec));
        updates.Add(new SetDefaultPartitionSpec(-1));
    }

    private Schema? Known(TableMetadata at) => at.Schemas.FirstOrDefault(s => s.SaysTheSame(Schema!));
}
