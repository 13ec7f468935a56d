using System.Globalization;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;

namespace Floe.SeedWorker.Ingest;

/// <summary>The raw tables in the lakehouse, and what they say about the batches in them.</summary>
public sealed class BronzeTables(ICatalog catalog)
{
    /// <summary>Summary key: the batch's number.</summary>
    public const string BatchKey = "floe.batch";

    /// <summary>Summary key: the run that committed.</summary>
    public const string RunKey = "floe.run-id";

    /// <summary>Summary key: the batch's <see cref="BatchPlan"/>.</summary>
    public const string PlanKey = "floe.plan";

    /// <summary>The raw tables by name, created by the contract where missing.</summary>
    /// <exception cref="InvalidDataException">A table there has other columns than the contract.</exception>
    public async Task<IReadOnlyDictionary<string, Table>> EnsureAsync(CancellationToken ct)
    {
        var tables = await Task.WhenAll(Shop.Tables.Select(contract => EnsureAsync(contract, ct)));
        return tables.ToDictionary(t => t.Identifier.Name);
    }

    /// <summary>Whether nothing was ever seeded: the orders are missing or have no batch. Looks at all raw tables.</summary>
    /// <exception cref="UnreadableTableException">A table is in the catalog, and its files are gone or damaged.</exception>
    public async Task<bool> AreEmptyAsync(CancellationToken ct)
    {
        var tables = await Task.WhenAll(Shop.Tables.Select(contract => FindAsync(Identifier(contract), ct)));
        return tables.FirstOrDefault(t => t?.Identifier == Identifier(Shop.Orders)) is not { } orders || LastBatch(orders) is null;
    }

    /// <summary>The plan of the latest batch in a table, or null when it has none.</summary>
    public static BatchPlan? LastBatch(Table table) =>
        (Lineage(table).Select(s => s.Summary.GetValueOrDefault(PlanKey)).FirstOrDefault(p => p is not null) ?? Kept(table, PlanKey)) is { } json ? BatchPlan.FromJson(json) : null;

    /// <summary>The plans of the batches that this run committed, latest first; none when it did not get so far.</summary>
    public static IReadOnlyList<BatchPlan> BatchesOf(Table orders, Guid runId)
    {
        var run = runId.ToString();
        List<string> plans = [.. Lineage(orders).Where(s => s.Summary.GetValueOrDefault(RunKey) == run).Select(s => s.Summary.GetValueOrDefault(PlanKey)).OfType<string>()];
        if (plans.Count == 0 && Kept(orders, RunKey) == run && Kept(orders, PlanKey) is { } kept)
            plans.Add(kept);
        return [.. plans.Select(BatchPlan.FromJson)];
    }

    /// <summary>Whether a run committed to the table, of what is kept.</summary>
    public static bool HasCommitOf(Table table, Guid runId)
    {
        var run = runId.ToString();
        return Lineage(table).Any(s => s.Summary.GetValueOrDefault(RunKey) == run);
    }

    /// <summary>Why a batch does not continue a table, or null when it does.</summary>
    public static string? Contradiction(Table table, BatchPlan batch)
    {
        // Customers and products come with the first batch alone.
        var (last, before) = (LastBatch(table)?.Number ?? 0, batch.Number - 1);
        return last == before
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The table {table.Identifier} has batch {last}, and batch {batch.Number} continues batch {before}; another writer came between, begin the batch again.");
    }

    /// <summary>Catalog name of a table of the contract.</summary>
    public static TableIdentifier Identifier(TableContract table) => new(table.Namespace, table.Name);

    private async Task<Table?> FindAsync(TableIdentifier identifier, CancellationToken ct)
    {
        try
        {
            return await catalog.LoadTableAsync(identifier, ct);
        }
        catch (Exception e) when (e is NoSuchTableException or NoSuchNamespaceException)
        {
            return null;
        }
        // A catalog that misses a file answers 400, or 404 with a type of its own, which is no missing table. Whatever is just not available is not here.
        catch (LakehouseException e) when (e is BadRequestException or NoSuchWarehouseException or UnprocessableEntityException
            or FileMissingException or CorruptFileException or UnsupportedFormatException or ValidationException)
        {
            throw new UnreadableTableException(identifier, e);
        }
    }

    private async Task<Table> EnsureAsync(TableContract contract, CancellationToken ct)
    {
        var table = await LoadOrCreateAsync(contract, ct);
        var expected = Schema.FromContract(contract);
        foreach (var column in contract.Columns)
        {
            if (table.Schema.FindField(column.Name) is not { } field || !Equals(field.Type, expected.FindField(column.Name)!.Type))
            {
                throw new InvalidDataException(
                    $"The table {contract.FullName} has no column '{column.Name}' of type {column.Type}, which the data contract wants; it was made by another version: drop it, or empty the data directory.");
            }
        }

        return table;
    }

    private async Task<Table> LoadOrCreateAsync(TableContract contract, CancellationToken ct)
    {
        var identifier = Identifier(contract);
        try
        {
            return await catalog.LoadTableAsync(identifier, ct);
        }
        catch (NoSuchTableException)
        {
            try
            {
                return await catalog.CreateTableAsync(identifier, Schema.FromContract(contract), properties: new Dictionary<string, string> { ["comment"] = contract.Doc }, ct: ct);
            }
            catch (AlreadyExistsException)
            {
                return await catalog.LoadTableAsync(identifier, ct);
            }
        }
    }

    // What the snapshot of the latest batch said; it stays as a property when the snapshot has expired. A table that was put back to an earlier
    // snapshot says by its lineage where it is.
    private static string? Kept(Table table, string key) => table.Metadata.CurrentSnapshot is null ? null : table.Metadata.Properties.GetValueOrDefault(key);

    // From the current snapshot to its parents, as far as they are kept.
    private static IEnumerable<Lakehouse.Metadata.Snapshot> Lineage(Table table)
    {
        var byId = table.Metadata.Snapshots.ToDictionary(s => s.SnapshotId);
        for (var snapshot = table.Metadata.CurrentSnapshot; snapshot is not null; snapshot = snapshot.ParentSnapshotId is { } parent ? byId.GetValueOrDefault(parent) : null)
            yield return snapshot;
    }
}
