using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation.Chunks;

namespace Floe.SeedWorker.Generation;

/// <summary>The generated rows as DuckDB table functions, so that a COPY pulls them straight from the generator into Parquet.</summary>
public static class GeneratedTables
{
    /// <summary>Makes the batch's rows available on the connection's database, for <see cref="Select(TableContract, ShopGenerator)"/>.</summary>
    public static void Register(DuckDBConnection db, ShopGenerator shop) => Register(db, () => shop);

    /// <summary>As <see cref="Register(DuckDBConnection, ShopGenerator)"/>, for one batch after the other on the same database.</summary>
    /// <param name="db">An open connection.</param>
    /// <param name="shop">The batch whose rows a query gets; asked when the query starts.</param>
    /// <param name="made">Is told the number of rows of every chunk.</param>
    internal static void Register(DuckDBConnection db, Func<ShopGenerator> shop, Action<int>? made = null)
    {
        Register(Shop.Customers, (from, to) => new CustomerChunks(shop(), from, to));
        Register(Shop.Products, (from, to) => new ProductChunks(shop(), from, to));
        Register(Shop.Orders, (from, to) => new OrderChunks(shop(), from, to));
        Register(Shop.OrderItems, (from, to) => new OrderItemChunks(shop(), from, to));

        void Register(TableContract table, Func<long, long, IChunkSource> start) => ChunkFunction.Register(db, Function(table), table, start, made);
    }

    /// <summary>The range of rows of a table of which something arrives with the batch.</summary>
    public static (long From, long To) Rows(TableContract table, ShopGenerator shop) =>
        table == Shop.Customers ? (0, shop.Customers.Count)
        : table == Shop.Products ? (0, shop.Products.Count)
        : (shop.FirstArriving, shop.Orders.End);

    /// <summary>A query for all rows of a table that arrive with the batch, with the contract's columns and types.</summary>
    public static string Select(TableContract table, ShopGenerator shop)
    {
        var (from, to) = Rows(table, shop);
        return Select(table, from, to);
    }

    /// <summary>
    /// A query for a range of a table's <see cref="Rows"/>: of its own rows for customers and products, of orders for orders and lines (an
    /// order's lines are where the order is).
    /// </summary>
    public static string Select(TableContract table, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"select {string.Join(", ", table.Columns.Select(c => c.Name))} from {Function(table)}({from}, {to})");

    private static string Function(TableContract table) => $"generated_{table.Name}";
}
