using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Catalog;

/// <summary>Replaces tables.</summary>
public static class TableReplacement
{
    /// <summary>Creates a table, or gives the one of that name another schema, spec, sort order and properties and no current snapshot, by one commit.
    /// A replaced table keeps its uuid, location, snapshots (until they expire), branches, tags and other properties; a column keeps its id when its
    /// name is an old column's.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="identifier">The table.</param>
    /// <param name="schema">The schema; its field ids only say what <paramref name="spec"/> and <paramref name="order"/> mean.</param>
    /// <param name="spec">The partition spec; null: unpartitioned.</param>
    /// <param name="order">The sort order; null: unsorted.</param>
    /// <param name="properties">Properties to set.</param>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    /// <exception cref="CommitFailedException">Others committed to the table each time that it was tried.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the table was replaced could not be found out.</exception>
    public static async Task<Table> CreateOrReplaceTableAsync(
        this ICatalog catalog,
        TableIdentifier identifier,
        Schema schema,
        PartitionSpec? spec = null,
        SortOrder? order = null,
        IReadOnlyDictionary<string, string>? properties = null,
        CancellationToken ct = default)
    {
        for (var attempt = 0; ; attempt++)
        {
            Table? current;
            try
            {
                current = await LoadAsync(catalog, identifier, ct);
                if (current is not null)
                    return await catalog.CommitTableAsync(Replacement(current, schema, spec ?? PartitionSpec.Unpartitioned, order ?? SortOrder.Unsorted, properties), ct);
                var table = await catalog.CreateTableAsync(identifier, schema, spec, properties, ct);
                return order is null ? table : await SortAsync(table, schema, order, ct);
            }
            catch (Exception e) when (e is AlreadyExistsException or CommitFailedException or NoSuchTableException)
            {
                // Someone else created, changed or dropped it between the look and the deed.
                current = await LoadAsync(catalog, identifier, ct);
                var retry = current is null ? null : CommitRetry.Of(current);
                if (attempt >= (retry?.Retries ?? 1))
                    throw;
                if (retry is not null)
                    await Task.Delay(retry.Wait(attempt), current!.Time, ct);
            }
        }
    }

    private static async Task<Table?> LoadAsync(ICatalog catalog, TableIdentifier identifier, CancellationToken ct)
    {
        try
        {
            return await catalog.LoadTableAsync(identifier, ct);
        }
        catch (NoSuchTableException)
        {
            return null;
        }
    }

    private static TableCommit Replacement(Table current, Schema schema, PartitionSpec spec, SortOrder order, IReadOnlyDictionary<string, string>? properties)
    {
        var metadata = current.Metadata;
        var ids = new SchemaIds(schema, metadata.Schema, metadata.LastColumnId);
        List<TableUpdate> updates = [];
        if (metadata.FormatVersion < 2)
            updates.Add(new UpgradeFormatVersion(2));
        if (metadata.Refs.ContainsKey(SnapshotRef.Main))
            updates.Add(new RemoveSnapshotRef(SnapshotRef.Main));
        if (metadata.Schemas.FirstOrDefault(s => s.SaysTheSame(ids.Schema)) is { } known)
        {
            updates.Add(new SetCurrentSchema(known.SchemaId));
        }
        else
        {
            updates.Add(new AddSchema(ids.Schema.WithId(metadata.Schemas.Max(s => s.SchemaId) + 1)));
            updates.Add(new SetCurrentSchema(-1));
        }

        var sources = new PartitionSpec(0, [.. spec.Fields.Select(f => f with { SourceId = ids.Of(f.SourceId) })]);
        updates.Add(new AddPartitionSpec(UpdatePartitionSpec.Reassign(sources, metadata.PartitionSpecs.Max(s => s.SpecId) + 1, metadata.PartitionSpecs, metadata.LastPartitionId)));
        updates.Add(new SetDefaultPartitionSpec(-1));
        updates.Add(new AddSortOrder(Reassign(order, ids, metadata)));
        updates.Add(new SetDefaultSortOrder(-1));
        if (properties is { Count: > 0 })
            updates.Add(new SetProperties(properties));
        return new TableCommit(
            current.Identifier,
            [
                new AssertTableUuid(metadata.TableUuid),
                new AssertRefSnapshotId(SnapshotRef.Main, metadata.Refs.GetValueOrDefault(SnapshotRef.Main)?.SnapshotId),
                new AssertLastAssignedFieldId(metadata.LastColumnId),
                new AssertLastAssignedPartitionId(metadata.LastPartitionId),
            ],
            updates);
    }

    private static SortOrder Reassign(SortOrder order, SchemaIds ids, TableMetadata metadata) => order.Fields.Count == 0
        ? SortOrder.Unsorted
        : new SortOrder(metadata.SortOrders.Select(o => o.OrderId).Append(0).Max() + 1, [.. order.Fields.Select(f => f with { SourceId = ids.Of(f.SourceId) })]);

    private static Task<Table> SortAsync(Table table, Schema schema, SortOrder order, CancellationToken ct)
    {
        // The catalog may have given other ids than the schema's.
        var ids = new SchemaIds(schema, table.Schema, table.Metadata.LastColumnId);
        return table.NewTransaction().SetSortOrder(Reassign(order, ids, table.Metadata)).CommitAsync(ct);
    }
}
