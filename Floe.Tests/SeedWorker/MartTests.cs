using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The models' numbers against a plain computation over the generator's truth, on raw tables with every kind of defect.</summary>
public sealed class MartTests(BuiltMarts marts) : IClassFixture<BuiltMarts>
{
    private readonly DuckDBConnection _db = marts.Database;
    private readonly IReadOnlyList<ShopGenerator> _batches = marts.Batches;

    [Fact]
    public void All_tests_of_the_project_pass_and_they_are_many()
    {
        Assert.Empty(marts.Tests.Where(t => t.FailingRows > 0).Select(t => t.Name));
        Assert.InRange(marts.Tests.Count, 40, 500);
    }

    [Fact]
    public void Tables_have_the_columns_that_were_agreed()
    {
        foreach (var (model, columns) in Agreed)
        {
            Assert.Equal(
                columns.Split(", "),
                _db.Rows($"select column_name || ' ' || lower(data_type) from information_schema.columns where table_name = '{model}' order by ordinal_position"));
        }
    }

    [Fact]
    public void Every_truth_is_in_the_models_once()
    {
        var orders = Orders();
        Assert.Equal(5_350, orders.Count);
        Assert.Equal(orders.Count, _db.Count("select count(*) from int_orders_enriched"));
        Assert.Equal(orders.Sum(o => o.Lines.Count), _db.Count("select count(*) from int_order_items_enriched"));
        foreach (var state in Floe.Lakehouse.Contract.Shop.OrderStatuses)
            Assert.Equal(orders.Count(o => o.Order.Status == state), _db.Count($"select count(*) from int_orders_enriched where status = '{state}'"));
        Assert.Equal(orders.Sum(o => o.Order.Total), _db.Count("select (sum(total_amount) * 100)::bigint from int_orders_enriched"));
        Assert.Equal(
            orders.SelectMany(o => o.Lines).Sum(l => l.Discount),
            _db.Count("select (sum(discount) * 100)::bigint from int_order_items_enriched"));
        Assert.Equal(0, _db.Count("select count(*) from int_order_items_enriched where price_difference <> 0 or discount is null"));
    }

    [Fact]
    public void Revenue_by_day_and_region()
    {
        var regions = Regions();
        var expected = Orders()
            .GroupBy(o => (Day: DateOnly.FromDateTime(Micros.ToUtc(o.Order.OrderDate)), Region: regions[o.Order.CustomerId]))
            .OrderBy(g => g.Key.Day).ThenBy(g => g.Key.Region, StringComparer.Ordinal)
            .Select(g =>
            {
                var kept = g.Where(o => o.Order.Status != "cancelled").ToList();
                var revenue = kept.Sum(o => o.Order.Total) / 100m;
                return $"{g.Key.Day:yyyy-MM-dd}|{g.Key.Region}|{g.Count()}|{g.Count() - kept.Count}|{g.Select(o => o.Order.CustomerId).Distinct().Count()}|{Money(revenue)}|{kept.Sum(o => o.Lines.Sum(l => l.Quantity))}";
            });
        Assert.Equal(expected, _db.Rows("""
            select order_day::varchar, region, order_count, cancelled_count, customer_count, revenue::varchar, units from mart_revenue order by order_day, region
            """));
        Assert.Equal(0, _db.Count("""
            select count(*) from mart_revenue
            where (average_order_value is null) <> (order_count = cancelled_count) or abs(average_order_value * (order_count - cancelled_count) - revenue) > 0.01
            """));
    }

    [Fact]
    public void Weeks_are_compared_over_the_calendar()
    {
        var revenue = _db.Rows("select order_day::varchar, region, revenue::varchar, order_count from mart_revenue").Select(r => r.Split('|')).ToDictionary(r => (DateOnly.Parse(r[0], CultureInfo.InvariantCulture), r[1]), r => (Revenue: decimal.Parse(r[2], CultureInfo.InvariantCulture), Orders: r[3]));
        var (first, last) = (revenue.Keys.Min(k => k.Item1), revenue.Keys.Max(k => k.Item1));
        var expected =
            from offset in Enumerable.Range(0, last.DayNumber - first.DayNumber + 1)
            from region in revenue.Keys.Select(k => k.Item2).Distinct().Order(StringComparer.Ordinal)
            let now = revenue.GetValueOrDefault((first.AddDays(offset), region), (0, "0"))
            let before = revenue.GetValueOrDefault((first.AddDays(offset - 7), region), (0, "0"))
            select $"{first.AddDays(offset):yyyy-MM-dd}|{region}|{now.Item2}|{Money(now.Item1)}|" + (offset < 7 ? "||" : $"{before.Item2}|{Money(before.Item1)}|{Money(now.Item1 - before.Item1)}");
        Assert.Equal(expected, _db.Rows("""
            select order_day::varchar, region, order_count, revenue::varchar, order_count_week_before, revenue_week_before::varchar, revenue_change::varchar
            from mart_revenue_week_over_week order by order_day, region
            """));
    }

    [Fact]
    public async Task A_day_without_orders_does_not_shift_the_comparison()
    {
        // Sunday to the Tuesday a week later; nobody ordered on the first Monday, and on the second Sunday only elsewhere.
        using var db = GeneratedShop.OpenDatabase();
        db.Execute("""
            create table mart_revenue as
            select day as order_day, region, 2::bigint as order_count, cast(100 + dayofmonth(day) as decimal(18, 2)) as revenue
            from (select unnest([date '2026-03-01', date '2026-03-03', date '2026-03-08', date '2026-03-09', date '2026-03-10']) as day), (values ('EMEA'), ('NA')) as r(region)
            where not (day = date '2026-03-08' and region = 'NA')
            """);
        var project = DbtProject.Load(DbtFolder.Shipped);
        var only = new HashSet<string> { "model.floe_shop.mart_revenue_week_over_week", "test.floe_shop.weeks_are_compared_by_date" };
        var results = await new DbtRunner(project, new Dictionary<string, string>(), new TableStore(true), TimeProvider.System).RunAsync(db, DbtVerb.Build, only, default);
        results.ThrowIfFailed();
        Assert.Equal(
            ["2026-03-01|101.00||||", "2026-03-02|0.00||||", "2026-03-08|0.00|101.00|-101.00|-1.0000|2", "2026-03-09|109.00|0.00|109.00||0", "2026-03-10|110.00|103.00|7.00|0.0680|2"],
            db.Rows("""
                select order_day::varchar, revenue::varchar, revenue_week_before::varchar, revenue_change::varchar, revenue_growth::varchar, order_count_week_before
                from mart_revenue_week_over_week where region = 'NA' and dayofmonth(order_day) in (1, 2, 8, 9, 10) order by order_day
                """));
        Assert.Equal(20, db.Count("select count(*) from mart_revenue_week_over_week"));
    }

    [Fact]
    public void Segments_and_churn_of_customers()
    {
        var byCustomer = Orders().ToLookup(o => o.Order.CustomerId, o => o.Order);
        var expected = _batches[0].AllCustomers().OrderBy(c => c.Id.ToString(), StringComparer.Ordinal).Select(c =>
        {
            var orders = byCustomer[c.Id].ToList();
            var delivered = orders.Count(o => o.Status == "delivered");
            var cancelled = orders.Count(o => o.Status == "cancelled");
            var revenue = orders.Where(o => o.Status != "cancelled").Sum(o => o.Total) / 100m;
            int? days = orders.Count == 0 ? null : (BuiltMarts.AsOf - Micros.ToInstant(orders.Max(o => o.OrderDate))).Days;
            var segment = orders.Count == 0 ? "never_ordered"
                : revenue >= 1000 && delivered >= 5 ? "vip"
                : revenue >= 500 || delivered >= 3 ? "loyal"
                : delivered >= 1 ? "active"
                : "new";
            var churn = days switch { null => "unknown", > 90 => "high", > 30 => "medium", _ => "low" };
            return $"{c.Id}|{c.Name}|{c.Region}|{orders.Count}|{delivered}|{cancelled}|{Money(revenue)}|{days}|{segment}|{churn}";
        }).ToList();
        Assert.Equal(expected, _db.Rows("""
            select customer_id::varchar, name, region, total_orders, completed_orders, cancelled_orders, total_revenue::varchar, days_since_last_order, segment, churn_risk
            from mart_customer_segments order by customer_id::varchar
            """));
        Assert.InRange(expected.Select(e => e.Split('|')[8]).Distinct().Count(), 4, 5);
        Assert.Equal(0, _db.Count("select count(*) from mart_customer_segments where abs(average_order_value * (total_orders - cancelled_orders) - total_revenue) > 0.1"));
    }

    [Fact]
    public void Ranks_and_tiers_of_products()
    {
        var lines = Orders().Where(o => o.Order.Status != "cancelled").SelectMany(o => o.Lines).ToLookup(l => l.ProductId);
        var products = _batches[0].AllProducts().Select(p => (Product: p, Lines: lines[p.Id].ToList())).Select(p => (p.Product, p.Lines, Revenue: p.Lines.Sum(l => l.Subtotal))).ToList();
        var expected = products.OrderBy(p => p.Product.Id.ToString(), StringComparer.Ordinal).Select(p =>
        {
            var better = products.Count(q => q.Revenue > p.Revenue);
            var betterInCategory = products.Count(q => q.Product.Category == p.Product.Category && q.Revenue > p.Revenue);
            var percentile = products.Count(q => q.Revenue < p.Revenue) / (products.Count - 1.0);
            var tier = p.Revenue == 0 ? "no_sales" : percentile >= 0.8 ? "top_performer" : percentile >= 0.5 ? "good_performer" : percentile >= 0.2 ? "average" : "underperformer";
            return $"{p.Product.Id}|{p.Product.Name}|{p.Product.Category}|{Money(p.Product.Price / 100m)}|{p.Lines.Select(l => l.OrderId).Distinct().Count()}|{p.Lines.Sum(l => l.Quantity)}|{Money(p.Revenue / 100m)}|{better + 1}|{betterInCategory + 1}|{tier}";
        });
        Assert.Equal(expected, _db.Rows("""
            select product_id::varchar, name, category, current_price::varchar, order_count, units_sold, revenue::varchar, revenue_rank, category_revenue_rank, performance_tier
            from mart_product_analytics order by product_id::varchar
            """));
    }

    private static readonly Dictionary<string, string> Agreed = new()
    {
        ["int_orders_enriched"] = "order_id uuid, customer_id uuid, region varchar, status varchar, order_date timestamp, shipped_date timestamp, total_amount decimal(14,2), item_count integer, unit_count bigint, updated_at timestamp",
        ["int_order_items_enriched"] = "order_item_id uuid, order_id uuid, product_id uuid, product_name varchar, category varchar, quantity integer, unit_price decimal(12,2), discount decimal(12,2), subtotal decimal(14,2), current_price decimal(12,2), price_difference decimal(12,2), order_date timestamp, order_status varchar",
        ["mart_revenue"] = "order_day date, region varchar, order_count bigint, cancelled_count bigint, customer_count bigint, revenue decimal(18,2), average_order_value decimal(18,4), units bigint",
        ["mart_revenue_week_over_week"] = "order_day date, region varchar, order_count bigint, order_count_week_before bigint, revenue decimal(18,2), revenue_week_before decimal(18,2), revenue_change decimal(18,2), revenue_growth decimal(18,4)",
        ["mart_customer_segments"] = "customer_id uuid, name varchar, email varchar, region varchar, created_at timestamp, total_orders bigint, completed_orders bigint, cancelled_orders bigint, total_revenue decimal(18,2), average_order_value decimal(18,4), first_order timestamp, last_order timestamp, days_since_last_order integer, segment varchar, churn_risk varchar",
        ["mart_product_analytics"] = "product_id uuid, name varchar, category varchar, current_price decimal(12,2), order_count bigint, units_sold bigint, revenue decimal(18,2), average_selling_price decimal(18,4), first_sale timestamp, last_sale timestamp, revenue_rank bigint, category_revenue_rank bigint, performance_tier varchar",
    };

    /// <summary>The truth at the last batch's clock: all has arrived, and what changed meanwhile too.</summary>
    private List<(Order Order, List<OrderLine> Lines)> Orders() =>
        [.. _batches.SelectMany(b => b.TrueOrders(_batches[^1].Orders.Clock).Select(o => (o, b.LinesOf(o).ToList())))];

    private Dictionary<Guid, string> Regions() => _batches[0].AllCustomers().ToDictionary(c => c.Id, c => c.Region);

    private static string Money(decimal value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
