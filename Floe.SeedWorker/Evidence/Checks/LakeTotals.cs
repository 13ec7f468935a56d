using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Ingest;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>Counts and sums of the shop, as text that can be compared.</summary>
internal sealed record Totals(long Customers, long Products, long Orders, decimal Revenue, decimal NotCancelled, long Lines, decimal LineSum)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Customers} customers, {Products} products, {Orders} orders of {Revenue:0.00} ({NotCancelled:0.00} not cancelled), {Lines} lines of {LineSum:0.00}");
}

/// <summary>Totals computed from the tables' files, by SQL that has nothing to do with the models'.</summary>
internal sealed class LakeTotals(ICatalog catalog, DuckDbScan scan)
{
    /// <summary>From the raw tables: of each row its latest version.</summary>
    public async Task<Totals> SourceAsync(CancellationToken ct)
    {
        using var db = await DuckDbSession.OpenAsync(ct);
        var (orders, items) = (await Sql(BronzeTables.Identifier(Shop.Orders), ct), await Sql(BronzeTables.Identifier(Shop.OrderItems), ct));
        var (customers, products) = (await Sql(BronzeTables.Identifier(Shop.Customers), ct), await Sql(BronzeTables.Identifier(Shop.Products), ct));
        return await ReadAsync(db, $"""
            with o as (select order_id, arg_max(total_amount, updated_at) total, arg_max(status, updated_at) status from {orders} group by all),
                 l as (select order_item_id, arg_max(subtotal, updated_at) subtotal from {items} group by all)
            select (select count(distinct customer_id) from {customers}), (select count(distinct product_id) from {products}),
              (select count(*) from o), (select sum(total) from o), (select sum(total) from o where status <> 'cancelled'), (select count(*) from l), (select sum(subtotal) from l)
            """, ct);
    }

    /// <summary>From what the models landed: orders and revenue of the mart, lines of the enriched ones.</summary>
    public async Task<Totals> MartsAsync(CancellationToken ct)
    {
        using var db = await DuckDbSession.OpenAsync(ct);
        var (orders, items) = (await Sql(new(Shop.Silver, "int_orders_enriched"), ct), await Sql(new(Shop.Silver, "int_order_items_enriched"), ct));
        var (customers, products, revenue) = (await Sql(new(Shop.Gold, "mart_customer_segments"), ct), await Sql(new(Shop.Gold, "mart_product_analytics"), ct), await Sql(new(Shop.Gold, "mart_revenue"), ct));
        return await ReadAsync(db, $"""
            select (select count(*) from {customers}), (select count(*) from {products}),
              (select sum(order_count)::bigint from {revenue}), (select sum(total_amount) from {orders}), (select sum(revenue) from {revenue}), (select count(*) from {items}), (select sum(subtotal) from {items})
            """, ct);
    }

    /// <summary>Customers of a region in the mart.</summary>
    public async Task<long> CustomersOfAsync(string region, CancellationToken ct)
    {
        using var db = await DuckDbSession.OpenAsync(ct);
        await using var command = db.CreateCommand();
        command.CommandText = $"select count(*) from {await Sql(new(Shop.Gold, "mart_customer_segments"), ct)} where region = $1";
        command.Parameters.Add(new DuckDBParameter(region));
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    private async Task<string> Sql(TableIdentifier table, CancellationToken ct) => await scan.ToSqlAsync(await catalog.LoadTableAsync(table, ct), null, ct);

    private static async Task<Totals> ReadAsync(DuckDBConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(Count(0), Count(1), Count(2), Sum(3), Sum(4), Count(5), Sum(6));

        long Count(int column) => Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture);
        decimal Sum(int column) => row.IsDBNull(column) ? 0 : Convert.ToDecimal(row.GetValue(column), CultureInfo.InvariantCulture);
    }
}
