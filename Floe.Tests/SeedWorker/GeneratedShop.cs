using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;

namespace Floe.Tests.SeedWorker;

/// <summary>A generated shop: its truth in memory, and its raw tables in a DuckDB database.</summary>
internal static class GeneratedShop
{
    public static readonly DateTimeOffset Clock = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    public static GenerationOptions Options(Action<GenerationOptions>? change = null)
    {
        var options = new GenerationOptions();
        change?.Invoke(options);
        return options;
    }

    public static ShopGenerator Create(Action<GenerationOptions>? change = null) => new(BatchPlan.First(Options(change), Clock));

    public static DuckDBConnection OpenDatabase(int threads = 1)
    {
        var db = new DuckDBConnection($"Data Source=:memory:;threads={threads}");
        db.Open();
        db.Execute("set timezone = 'UTC'");
        return db;
    }

    /// <summary>A database with the raw tables of the shops, one batch after the other; all of their rows are arrivals.</summary>
    public static DuckDBConnection Load(params ShopGenerator[] batches)
    {
        var db = OpenDatabase();
        foreach (var shop in batches)
            db.Receive(shop);
        foreach (var table in Shop.Tables)
            db.Execute($"drop table arrivals.{table.Name}; create view arrivals.{table.Name} as select * from {table.FullName}");
        return db;
    }

    /// <summary>Brings a batch into the raw tables; its rows, and no others, are arrivals afterwards.</summary>
    public static void Receive(this DuckDBConnection db, ShopGenerator shop)
    {
        db.Execute("create schema if not exists bronze; create schema if not exists arrivals");
        using var source = OpenDatabase();
        GeneratedTables.Register(source, shop);
        foreach (var table in Shop.Tables)
        {
            var comes = shop.Plan.Number == 1 || table.Name.StartsWith("order", StringComparison.Ordinal);
            var file = Path.Combine(Path.GetTempPath(), $"floe-test-{Guid.NewGuid():n}.parquet");
            if (comes)
                source.Execute($"copy ({GeneratedTables.Select(table, shop)}) to '{file}' (format parquet)");
            var rows = comes ? $"select * from read_parquet('{file}')" : $"select * from {table.FullName} where false";
            db.Execute($"create or replace table arrivals.{table.Name} as {rows}");
            db.Execute($"create table if not exists {table.FullName} as from arrivals.{table.Name} where false; insert into {table.FullName} from arrivals.{table.Name}");
            File.Delete(file);
        }
    }

    /// <summary>The orders of the batch as they are in truth.</summary>
    public static IEnumerable<Order> TrueOrders(this ShopGenerator shop, long? clock = null)
    {
        for (var row = shop.Orders.First; row < shop.Orders.End; row++)
            yield return shop.Orders.Order(row, clock);
    }

    public static IEnumerable<OrderLine> LinesOf(this ShopGenerator shop, Order order)
    {
        for (var number = 0; number < order.Lines; number++)
            yield return shop.Orders.Line(order, number);
    }

    public static IEnumerable<Customer> AllCustomers(this ShopGenerator shop) => Enumerable.Range(0, shop.Customers.Count).Select(row => shop.Customers[row]);

    public static IEnumerable<Product> AllProducts(this ShopGenerator shop) => Enumerable.Range(0, shop.Products.Count).Select(row => shop.Products[row]);

    public static void Execute(this DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Count(this DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>All rows as text, one line per row, so that two tables can be compared.</summary>
    public static List<string> Rows(this DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        var values = new object[reader.FieldCount];
        while (reader.Read())
        {
            reader.GetValues(values);
            rows.Add(string.Join('|', values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
