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
    public void Late_orders_arrive_with_their_lines_in_the_next_batch()
    {
        var options = GeneratedShop.Options(o => (o.Orders, o.HistoryDays, o.LateArrivalRate) = (4_000, 20, 0.05));
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        var two = one.Next(600, GeneratedShop.Clock.AddHours(3), options);
        var three = two.Next(2, GeneratedShop.Clock.AddHours(4), options);
        using var first = GeneratedShop.Load(new ShopGenerator(one));
        using var both = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two, one));
        using var all = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two, one), new ShopGenerator(three, two));

        var late = 4_000 - first.Count("select count(*) from bronze.orders");
        var young = new ShopGenerator(one).TrueOrders().Count(o => o.OrderDate >= Micros.From(one.To.AddDays(-7)));
        Assert.Equal(0.05, late / (double)young, 0.015);

        var lateOfSecond = 4_600 - both.Count("select count(*) from bronze.orders");
        Assert.InRange(lateOfSecond, 1, 60);
        Assert.InRange(all.Count("select count(*) from bronze.orders"), 4_600, 4_602);
        // None is late twice, none comes twice, each has its lines.
        Assert.Equal(both.Count("select count(*) from bronze.orders"), both.Count("select count(distinct order_id) from bronze.orders"));
        Assert.Equal(0, both.Count("""
            select count(*) from bronze.orders o
            where total_amount <> (select sum(subtotal) from bronze.order_items i where i.order_id = o.order_id)
            """));
        Assert.Equal(0, both.Count("select count(*) from bronze.order_items where order_id not in (select order_id from bronze.orders)"));
    }

    [Fact]
    public void Later_batches_go_on_where_the_first_ended()
    {
        var options = new GenerationOptions();
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        // A clock that stands still or goes back must not break anything.
        var two = one.Next(100, GeneratedShop.Clock.AddMinutes(-5), options);
        var three = two.Next(101, GeneratedShop.Clock.AddMinutes(5), options);
        using var db = GeneratedShop.Load(new ShopGenerator(one), new ShopGenerator(two, one), new ShopGenerator(three, two));

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
