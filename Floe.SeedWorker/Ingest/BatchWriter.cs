using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;

namespace Floe.SeedWorker.Ingest;

/// <summary>Writes a batch from the generator as data files of the raw tables, of which no snapshot has them yet.</summary>
public sealed class BatchWriter(ParquetWriter parquet)
{
    // Small batches are a file per table; large ones are written by all cores.
    private const long RowsPerFile = 250_000;

    /// <summary>Generates the rows and writes them as data files. Customers and products come with the first batch only.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="tables">The raw tables by name.</param>
    /// <param name="shard">Which part of how many, the first being 1; all parts together are the batch, whoever writes them.</param>
    /// <param name="ct">Stops; nothing that was written stays.</param>
    public async Task<WrittenBatch> WriteAsync(BatchPlan plan, IReadOnlyDictionary<string, Table> tables, (int Number, int Of) shard, CancellationToken ct)
    {
        var shop = new ShopGenerator(plan);
        var contracts = plan.Number == 1 ? Shop.Tables : [Shop.Orders, Shop.OrderItems];

        // Each keeps a core busy while it generates, and waits for the store while it uploads.
        var sessions = Math.Max(2, Environment.ProcessorCount);
        using var cores = new SemaphoreSlim(sessions);
        var files = await AllOrNone.WaitAsync(contracts.SelectMany(contract => Parts(contract, shop, shard)).Select(async part =>
        {
            var table = tables[part.Table.Name];
            await cores.WaitAsync(ct);
            try
            {
                return (Table: table, Files: await WriteAsync(part, shop, table, sessions, ct));
            }
            finally
            {
                cores.Release();
            }
        }), written => AllOrNone.DiscardAsync(written.Table.Identifier, () => written.Table.IO.DeleteAsync([.. written.Files.Select(f => f.FilePath)], CancellationToken.None)));
        return new WrittenBatch(plan, [.. files.GroupBy(f => f.Table).Select(g => (g.Key, (IReadOnlyList<DataFile>)[.. g.SelectMany(f => f.Files)]))]);
    }

    private async Task<IReadOnlyList<DataFile>> WriteAsync(Part part, ShopGenerator shop, Table table, int sessions, CancellationToken ct)
    {
        await using var db = await DuckDbSession.OpenAsync(ct, sessions: sessions);
        GeneratedTables.Register(db, shop);
        var files = await parquet.WriteAsync(table, db, GeneratedTables.Select(part.Table, part.From, part.To), ct);
        Telemetry.RowsGenerated.Add(files.Sum(f => f.RecordCount), Telemetry.Table(part.Table.FullName));
        return files;
    }

    private static IEnumerable<Part> Parts(TableContract table, ShopGenerator shop, (int Number, int Of) shard)
    {
        var (start, end) = GeneratedTables.Rows(table, shop);
        var from = start + (end - start) * (shard.Number - 1) / shard.Of;
        var to = start + (end - start) * shard.Number / shard.Of;
        for (; from < to; from += RowsPerFile)
            yield return new Part(table, from, Math.Min(to, from + RowsPerFile));
    }

    private sealed record Part(TableContract Table, long From, long To);
}
