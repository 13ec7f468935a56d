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

    /// <summary>A database with the raw tables of the shops, one batch after the other.</summary>
    public static DuckDBConnection Load(params ShopGenerator[] batches)
    {
        var db = OpenDatabase();
        db.Execute("create schema bronze");
        foreach (var shop in batches)
        {
            using var source = OpenDatabase();
            GeneratedTables.Register(source, shop);
            foreach (var table in Shop.Tables.Where(t => shop.Plan.Number == 1 || t.Name.StartsWith("order", StringComparison.Ordinal)))
            {
                var file = Path.Combine(Path.GetTempPath(), $"floe-test-{Guid.NewGuid():n}.parquet");
                source.Execute($"copy ({GeneratedTables.Select(table, shop)}) to '{file}' (format parquet)");
                db.Execute(shop.Plan.Number == 1
                    ? $"create table {table.FullName} as select * from read_parquet('{file}')"
                    : $"insert into {table.FullName} select * from read_parquet('{file}')");
                File.Delete(file);
            }
        }

        return db;
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
