using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Lineage;

namespace Floe.SeedWorker.Ingest;

/// <summary>Brings a batch from the generator into the raw tables.</summary>
public sealed class BatchIngest(ICatalog catalog, ParquetWriter parquet, RunLineage lineage)
{
    private static readonly (int Number, int Of) s_whole = (1, 1);

    private readonly BatchWriter _writer = new(parquet);

    /// <summary>Generates the rows and writes them as data files. Customers and products come with the first batch only.</summary>
    public Task<WrittenBatch> WriteAsync(BatchPlan plan, IReadOnlyDictionary<string, Table> tables, CancellationToken ct) => _writer.WriteAsync(plan, tables, s_whole, ct);

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
}
