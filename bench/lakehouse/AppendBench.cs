using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;

namespace Floe.Bench.Lakehouse;

/// <summary>The same generated batches, held in DuckDB's memory, written by DuckDB alone to a local folder, and appended to two tables in the store, one
/// commit of both per batch.</summary>
internal static class AppendBench
{
    private const int Batches = 4;
    private static readonly TableContract[] s_tables = [Shop.Orders, Shop.OrderItems];

    public static async Task RunAsync(Lake lake, int rounds, int orders, string folder)
    {
        using var db = new DuckDBConnection("Data Source=:memory:floe_bench?cache=shared");
        await db.OpenAsync();
        Generate(db, orders);
        var (alone, floe) = (new List<Figures>(), new List<Figures>());
        for (var round = 0; round <= rounds; round++)
        {
            var local = Directory.CreateDirectory(Path.Combine(folder, "local", $"{round}")).FullName;
            var first = await Figures.OfAsync(() => Task.Run(() => WriteLocally(db, local)));
            var bytes = new DirectoryInfo(local).EnumerateFiles().Sum(f => f.Length);
            Directory.Delete(local, recursive: true);

            var tables = await Task.WhenAll(s_tables.Select(t => lake.CreateTableAsync(Schema.FromContract(t), t.Name)));
            var second = await Figures.OfAsync(() => AppendAsync(lake, tables));
            await CheckAsync(tables, orders, bytes);
            foreach (var table in tables)
                await RemoveAsync(lake, table);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}{(round == 0 ? " (warm-up, not counted)" : "")}: DuckDB alone {first.Milliseconds:0} ms, Floe {second.Milliseconds:0} ms, {bytes / 1e6:0} MB"));
            if (round == 0)
                continue;
            alone.Add(first);
            floe.Add(second);
        }

        var (a, b) = (Figures.Median(alone), Figures.Median(floe));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"DuckDB alone, {orders * 4L:N0} rows to local Parquet:   median {a.Milliseconds,6:0} ms   CPU: own {a.Own:0} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Floe, the same to committed S3 tables:      median {b.Milliseconds,6:0} ms   CPU: own {b.Own:0} ms, store {b.Store:0} ms, catalog {b.Catalog:0} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio: {b.Milliseconds / a.Milliseconds:0.00} by medians, {Figures.Quantile(floe.Zip(alone, (x, y) => x.Milliseconds / y.Milliseconds), 0.5):0.00} median of the rounds' ratios"));
    }

    /// <summary>The worker's generator, in batches of orders with their lines.</summary>
    private static void Generate(DuckDBConnection db, int orders)
    {
        var shop = new ShopGenerator(BatchPlan.First(new GenerationOptions { Orders = orders, DuplicateRate = 0 }, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        GeneratedTables.Register(db, shop);
        var (from, to) = GeneratedTables.Rows(Shop.Orders, shop);
        for (var batch = 0; batch < Batches; batch++)
        {
            foreach (var table in s_tables)
                Execute(db, $"CREATE TABLE {table.Name}_{batch} AS {GeneratedTables.Select(table, from + ((to - from) * batch / Batches), from + ((to - from) * (batch + 1) / Batches))}");
        }
    }

    private static void WriteLocally(DuckDBConnection db, string folder)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            foreach (var table in s_tables)
            {
                var ids = string.Join(", ", table.Columns.Select(c => $"{c.Name}: {c.FieldId}"));
                Execute(db, $"COPY {table.Name}_{batch} TO '{folder}/{table.Name}_{batch}.parquet' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, FIELD_IDS {{{ids}}})");
            }
        }
    }

    private static async Task AppendAsync(Lake lake, IReadOnlyList<Table> tables)
    {
        // The next batch is written while the one before is uploaded and committed.
        Task<IReadOnlyList<DataFile>[]> WriteBatchAsync(int batch) => Task.WhenAll(tables.Select((table, i) => WriteAsync(lake, table, $"SELECT * FROM {s_tables[i].Name}_{batch}")));
        var writing = WriteBatchAsync(0);
        for (var batch = 0; batch < Batches; batch++)
        {
            var next = batch + 1 < Batches ? WriteBatchAsync(batch + 1) : Task.FromResult<IReadOnlyList<DataFile>[]>([]);
            var files = await writing;
            writing = next;
            var commits = await Task.WhenAll(tables.Zip(files).Select(p => p.First.NewTransaction().Append(p.Second).PrepareAsync(default)));
            await lake.Catalog.CommitTransactionAsync(commits, default);
            tables = await Task.WhenAll(tables.Select(t => t.RefreshAsync(default)));
        }
    }

    private static async Task<IReadOnlyList<DataFile>> WriteAsync(Lake lake, Table table, string query)
    {
        using var db = new DuckDBConnection("Data Source=:memory:floe_bench?cache=shared");
        await db.OpenAsync();
        return await lake.Writer.WriteAsync(table, db, query, default);
    }

    private static async Task CheckAsync(IReadOnlyList<Table> tables, int orders, long bytes)
    {
        var plans = await Task.WhenAll(tables.Select(async t => await (await t.RefreshAsync(default)).NewScan().PlanAsync(default)));
        if (plans[0].RecordCount != orders || plans[1].RecordCount != 3L * orders)
            throw new InvalidOperationException($"{plans[0].RecordCount} orders and {plans[1].RecordCount} lines were committed.");
        if (Math.Abs(plans.Sum(p => p.FileSizeInBytes) - bytes) > bytes / 50)
            throw new InvalidOperationException($"Floe's files have {plans.Sum(p => p.FileSizeInBytes)} bytes, DuckDB's {bytes}: not the same Parquet.");
    }

    private static async Task RemoveAsync(Lake lake, Table table)
    {
        await lake.Catalog.DropTableAsync(table.Identifier, purge: false, default);
        var files = new List<string>();
        await foreach (var file in table.IO.ListAsync(table.Location, default))
            files.Add(file.Location);
        await table.IO.DeleteAsync(files, default);
    }

    private static void Execute(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
