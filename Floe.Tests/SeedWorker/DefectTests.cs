using Floe.SeedWorker.Generation;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class DefectTests
{
    [Fact]
    public void Nulls_come_at_their_rate_and_where_they_may()
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create(o => (o.Customers, o.Orders) = (20_000, 40_000)));
        Assert.Equal(0.02, db.Count("select count(*) from bronze.customers where email is null") / 20_000.0, 0.004);
        Assert.Equal(0.02, db.Count("select count(*) from bronze.order_items where discount is null") / 120_000.0, 0.002);
        var shipped = db.Count("select count(*) from bronze.orders where status in ('shipped', 'delivered')");
        Assert.Equal(0.02, db.Count("select count(*) from bronze.orders where status in ('shipped', 'delivered') and shipped_date is null") / (double)shipped, 0.003);
        Assert.Equal(0, db.Count("select count(*) from bronze.orders where status not in ('shipped', 'delivered') and shipped_date is not null"));
    }

    [Fact]
    public void Rate_zero_leaves_the_truth_alone()
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create(o => o.NullRate = 0));
        Assert.Equal(0, db.Count("select count(*) from bronze.customers where email is null"));
        Assert.Equal(0, db.Count("select count(*) from bronze.order_items where discount is null"));
    }

    [Fact]
    public void Duplicates_differ_in_their_time_only()
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create(o => (o.Orders, o.DuplicateRate) = (20_000, 0.01)));
        Assert.Equal(20_000, db.Count("select count(distinct order_id) from bronze.orders"));
        var twice = db.Count("select count(*) from bronze.orders") - 20_000;
        Assert.Equal(0.01, twice / 20_000.0, 0.003);
        Assert.Equal(0.01, (db.Count("select count(*) from bronze.order_items") - 60_000) / 60_000.0, 0.002);
        Assert.Equal(twice, db.Count("""
            select count(*) from (
                select order_id from bronze.orders group by order_id
                having count(*) = 2 and count(distinct updated_at) = 2
                   and count(distinct (customer_id, status, total_amount, order_date, shipped_date)) = 1)
            """));
    }

    [Fact]
    public void Late_orders_arrive_with_their_lines_one_to_seven_days_after()
    {
        // A batch a day, 500 orders each; nothing of the last is late by then.
        var options = GeneratedShop.Options(o => (o.Orders, o.HistoryDays, o.LateArrivalRate) = (500, 1, 0.05));
        var plans = new List<BatchPlan> { BatchPlan.First(options, GeneratedShop.Clock) };
        for (var day = 1; day < 30; day++)
            plans.Add(plans[^1].Next(500, GeneratedShop.Clock.AddDays(day), options));
        plans.Add(plans[^1].Next(1, GeneratedShop.Clock.AddDays(38), GeneratedShop.Options()));

        var arrivals = plans.Select(p => new ShopGenerator(p)).SelectMany(b => b.Arriving(b.FirstArriving, b.Orders.End), (b, a) => (Batch: b.Plan, a)).Where(x => x.a.IsFirst).ToList();
        // Each order comes once, none before it was placed.
        Assert.Equal(Enumerable.Range(0, 15_001).Select(row => (long)row), arrivals.Select(x => x.a.Row).Order());
        var late = arrivals.Where(x => x.a.Book.First != x.Batch.FirstOrder).ToList();
        Assert.Equal(0.05, late.Count / 15_000.0, 0.006);
        Assert.All(late, x =>
        {
            // It was not there yet when the batch before closed.
            Assert.InRange(Micros.From(x.Batch.To) - x.a.Date, Micros.PerDay, long.MaxValue);
            Assert.InRange(Micros.From(x.Batch.From) - x.a.Date, long.MinValue, 7 * Micros.PerDay);
        });
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], late.Select(x => x.Batch.Number - 1 - (int)(x.a.Row / 500)).Distinct().Order().Where(d => d < 8));
    }

    [Fact]
    public void Late_orders_and_their_lines_stay_together()
    {
        var options = GeneratedShop.Options(o => (o.Orders, o.HistoryDays, o.LateArrivalRate, o.DuplicateRate) = (4_000, 20, 0.2, 0.01));
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        var two = one.Next(600, GeneratedShop.Clock.AddDays(3), options);
        var three = two.Next(2, GeneratedShop.Clock.AddDays(12), options);
        using var db = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two));
        Assert.InRange(4_600 - db.Count("select count(distinct order_id) from bronze.orders"), 50, 300);
        Assert.Equal(0, db.Count("""
            select count(*) from (select distinct order_id, total_amount from bronze.orders) o
            where total_amount <> coalesce((select sum(subtotal) from (select distinct order_item_id, order_id, subtotal from bronze.order_items) i where i.order_id = o.order_id), 0)
            """));
        Assert.Equal(0, db.Count("select count(*) from bronze.order_items where order_id not in (select order_id from bronze.orders)"));

        using var all = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two), new ShopGenerator(three));
        Assert.InRange(all.Count("select count(distinct order_id) from bronze.orders"), 4_600, 4_602);
    }

    [Fact]
    public void Duplicates_never_hide_a_newer_state()
    {
        var options = GeneratedShop.Options(o => (o.Orders, o.HistoryDays, o.DuplicateRate) = (2_000, 20, 0.5));
        var plans = new List<BatchPlan> { BatchPlan.First(options, GeneratedShop.Clock) };
        for (var batch = 1; batch < 12; batch++)
            plans.Add(plans[^1].Next(20, GeneratedShop.Clock.AddHours(7 * batch), options));
        var shops = plans.Select(p => new ShopGenerator(p)).ToArray();
        using var db = GeneratedShop.Load(shops);
        var clock = shops[^1].Orders.Clock;

        Assert.Equal(0, db.Count($"select count(*) from bronze.orders where epoch_us(updated_at) > {clock}"));
        Assert.Equal(0, db.Count($"select count(*) from bronze.order_items where epoch_us(updated_at) > {clock}"));
        Assert.Equal(
            shops.SelectMany(s => s.TrueOrders(clock)).Select(o => $"{o.Id}|{o.Status}").Order(StringComparer.Ordinal),
            db.Rows("select order_id::varchar, status from bronze.orders qualify row_number() over (partition by order_id order by updated_at desc) = 1 order by order_id::varchar || '|' || status"));
    }

    [Fact]
    public void Later_batches_go_on_where_the_first_ended()
    {
        var options = new GenerationOptions();
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        // A clock that stands still or goes back must not break anything.
        var two = one.Next(100, GeneratedShop.Clock.AddMinutes(-5), options);
        var three = two.Next(101, GeneratedShop.Clock.AddMinutes(5), options);
        using var db = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two), new ShopGenerator(three));

        Assert.Equal(5_201, db.Count("select count(distinct order_id) from bronze.orders"));
        Assert.Equal(0, db.Count("select count(*) from bronze.orders where customer_id not in (select customer_id from bronze.customers)"));
        Assert.Equal(0, db.Count("select count(*) from bronze.order_items where product_id not in (select product_id from bronze.products)"));
        Assert.Equal(100, db.Count($"select count(*) from bronze.orders where order_date >= '{one.To:o}'::timestamptz and order_date < '{two.To:o}'::timestamptz"));
        Assert.Equal(101, db.Count($"select count(*) from bronze.orders where order_date >= '{two.To:o}'::timestamptz and order_date < '{three.To:o}'::timestamptz"));
    }

    [Theory]
    [InlineData("Customers", "0")]
    [InlineData("Orders", "-1")]
    [InlineData("NullRate", "1.5")]
    [InlineData("DuplicateRate", "NaN")]
    [InlineData("HistoryDays", "100000")]
    public void A_setting_out_of_range_is_named_with_its_value(string name, string value)
    {
        var options = new GenerationOptions();
        var property = typeof(GenerationOptions).GetProperty(name)!;
        property.SetValue(options, Convert.ChangeType(value, property.PropertyType, System.Globalization.CultureInfo.InvariantCulture));
        var failure = Assert.Single(options.Validate());
        Assert.StartsWith($"{name} is {value}", failure);
    }
}
