using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Bench.Lakehouse;

/// <summary>Small appends, one after the other, the kinds in turn.</summary>
internal static class CommitBench
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Long, true), new(2, "text", PrimitiveType.String, false)]);

    public static async Task RunAsync(Lake lake, int commits)
    {
        using var db = new DuckDBConnection("Data Source=:memory:");
        await db.OpenAsync();
        var tables = new List<Table>();
        foreach (var name in new[] { "single", "whole", "left", "right" })
            tables.Add(await lake.CreateTableAsync(s_schema, name));
        var file = (await lake.Writer.WriteAsync(tables[0], db, "SELECT i AS id, 'text ' || i AS text FROM range(100) t(i)", default))[0];
        var (single, pair, whole) = (new List<Figures>(), new List<Figures>(), new List<Figures>());
        const int WarmUp = 20;
        for (var i = 0; i < commits + WarmUp; i++)
        {
            var one = await Figures.OfAsync(async () => tables[0] = await tables[0].NewTransaction().Append([Named(file, tables[0])]).CommitAsync(default));
            var two = await Figures.OfAsync(async () =>
            {
                var prepared = await Task.WhenAll(tables.Skip(2).Select(t => t.NewTransaction().Append([Named(file, t)]).PrepareAsync(default)));
                await lake.Catalog.CommitTransactionAsync(prepared, default);
            });
            tables[2] = await tables[2].RefreshAsync(default);
            tables[3] = await tables[3].RefreshAsync(default);
            var all = await Figures.OfAsync(async () =>
            {
                var files = await lake.Writer.WriteAsync(tables[1], db, "SELECT i AS id, 'text ' || i AS text FROM range(100) t(i)", default);
                tables[1] = await tables[1].NewTransaction().Append(files).CommitAsync(default);
            });
            if (i < WarmUp)
                continue;
            single.Add(one);
            pair.Add(two);
            whole.Add(all);
        }

        Print("commit of a small append", single);
        Print("commit of small appends to two tables", pair);
        Print("write 100 rows, upload and commit", whole);
    }

    /// <summary>The commit alone is measured: no file has to be there for it.</summary>
    private static DataFile Named(DataFile file, Table table) => file with { FilePath = $"{table.Location}/data/{Guid.NewGuid()}.parquet" };

    private static void Print(string what, IReadOnlyCollection<Figures> figures)
    {
        var median = Figures.Median(figures);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-40} p50 {median.Milliseconds,6:0.0} ms   p95 {Figures.Quantile(figures.Select(f => f.Milliseconds), 0.95),6:0.0} ms   CPU: own {figures.Average(f => f.Own):0.0} ms, store {figures.Average(f => f.Store):0.0} ms, catalog {figures.Average(f => f.Catalog):0.0} ms"));
    }
}
