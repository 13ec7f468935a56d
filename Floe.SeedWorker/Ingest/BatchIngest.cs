using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Lineage;

namespace Floe.SeedWorker.Ingest;

/// <summary>Brings a batch from the generator into the raw tables.</summary>
public sealed class BatchIngest(ICatalog catalog, ParquetWriter parquet, RunLineage lineage)
{
    // Small batches are a file per table; large ones are written by all cores.
    private const long RowsPerFile = 250_000;

    /// <summary>Generates the rows and writes them as data files. Customers and products come with the first batch only.</summary>
    public async Task<WrittenBatch> WriteAsync(BatchPlan plan, IReadOnlyDictionary<string, Table> tables, CancellationToken ct)
    {
        var shop = new ShopGenerator(plan);
        var contracts = plan.Number == 1 ? Shop.Tables : [Shop.Orders, Shop.OrderItems];

        // Each keeps a core busy while it generates, and waits for the store while it uploads.
        using var cores = new SemaphoreSlim(Math.Max(2, Environment.ProcessorCount));
        var files = await AllOrNone.WaitAsync(contracts.SelectMany(contract => Parts(contract, shop)).Select(async part =>
        {
            var table = tables[part.Table.Name];
            await cores.WaitAsync(ct);
            try
            {
                return (Table: table, Files: await WriteAsync(part, shop, table, ct));
            }
            finally
            {
                cores.Release();
            }
        }), written => AllOrNone.DiscardAsync(written.Table.Identifier, () => written.Table.IO.DeleteAsync([.. written.Files.Select(f => f.FilePath)], CancellationToken.None)));
        return new WrittenBatch(plan, [.. files.GroupBy(f => f.Table).Select(g => (g.Key, (IReadOnlyList<DataFile>)[.. g.SelectMany(f => f.Files)]))]);
    }

    /// <summary>Makes the batch part of its tables, all or none of them.</summary>
    /// <returns>The new snapshots by table.</returns>
    public async Task<IReadOnlyDictionary<string, long>> CommitAsync(WrittenBatch batch, Guid runId, CancellationToken ct)
    {
        var (plan, run) = (batch.Plan.ToJson(), runId.ToString());
        var commits = await AllOrNone.WaitAsync(batch.Files.Select(f => f.Table.NewTransaction()
            .Append(f.Files)
            // A batch continues the one that it saw: when another came between, both would have the same orders. Compactions and the like may come.
            .Validate(now => BronzeTables.Contradiction(now, batch.Plan))
            // Where it stays when the snapshot has expired.
            .SetProperty(BronzeTables.PlanKey, plan)
            .SetProperty(BronzeTables.RunKey, run)
            .WithSummary(BronzeTables.BatchKey, batch.Plan.Number.ToString(CultureInfo.InvariantCulture))
            .WithSummary(BronzeTables.RunKey, run)
            .WithSummary(BronzeTables.PlanKey, plan)
            .PrepareAsync(ct)), commit => AllOrNone.DiscardAsync(commit.Identifier, commit.DiscardAsync));
        await catalog.CommitTransactionAsync(commits, ct);
        lineage.Wrote(runId, commits.Select(c => (batch.Files.First(f => f.Table.Identifier == c.Identifier).Table, c)));

        foreach (var (table, files) in batch.Files)
            Telemetry.RowsCommitted.Add(files.Sum(f => f.RecordCount), Telemetry.Table(table.Identifier.ToString()));
        return commits.ToDictionary(c => c.Identifier.ToString(), c => c.SnapshotId ?? 0);
    }

    private async Task<IReadOnlyList<DataFile>> WriteAsync(Part part, ShopGenerator shop, Table table, CancellationToken ct)
    {
        await using var db = await DuckDbSession.OpenAsync(ct);
        GeneratedTables.Register(db, shop);
        var files = await parquet.WriteAsync(table, db, GeneratedTables.Select(part.Table, part.From, part.To), ct);
        Telemetry.RowsGenerated.Add(files.Sum(f => f.RecordCount), Telemetry.Table(part.Table.FullName));
        return files;
    }

    private static IEnumerable<Part> Parts(TableContract table, ShopGenerator shop)
    {
        var (from, to) = GeneratedTables.Rows(table, shop);
        for (; from < to; from += RowsPerFile)
            yield return new Part(table, from, Math.Min(to, from + RowsPerFile));
    }

    private sealed record Part(TableContract Table, long From, long To);
}
