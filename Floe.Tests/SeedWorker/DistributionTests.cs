using Floe.SeedWorker.Generation;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The shop is skewed as shops are. A large sample, bounds well outside of its noise.</summary>
public sealed class DistributionTests
{
    private static readonly ShopGenerator s_shop = GeneratedShop.Create(o => o.Orders = 60_000);
    private static readonly List<Order> s_orders = [.. s_shop.TrueOrders()];

    [Fact]
    public void Hours_follow_the_calendar()
    {
        var share = Shares(s_orders.Select(o => Micros.ToUtc(o.OrderDate).Hour));
        var peak = share.Values.Max();
        Assert.Contains(share.MaxBy(s => s.Value).Key, new[] { 10, 19, 20 });
        for (var hour = 0; hour < 24; hour++)
            Assert.Equal(SalesCalendar.HourFactor(hour), share[hour] / peak, 0.09);
        for (var hour = 0; hour < 6; hour++)
            Assert.InRange(share[hour] / peak, 0, 0.3);
        Assert.True(share[12] < share[10] * 0.8 && share[13] < share[19] * 0.8, "lunch dip");
    }

    [Fact]
    public void Weekdays_months_promotions_and_growth_show()
    {
        var days = s_orders.GroupBy(o => Micros.ToUtc(o.OrderDate).Date).ToDictionary(g => g.Key, g => g.Count());
        double Mean(Func<DateTime, bool> which) => days.Where(d => which(d.Key)).Average(d => (double)d.Value);

        Assert.True(Mean(d => d.DayOfWeek == DayOfWeek.Saturday) < 0.92 * Mean(d => d.DayOfWeek == DayOfWeek.Monday));
        Assert.True(Mean(d => d is { Month: 12 }) > 1.3 * Mean(d => d is { Month: 8 }));
        Assert.InRange(Mean(d => d is { Month: 11, Day: >= 24 }) / Mean(d => d is { Month: 11, Day: < 24 }), 1.4, 1.85);
        // The same months a year apart.
        var first = Mean(d => d >= new DateTime(2024, 4, 1) && d < new DateTime(2024, 11, 1));
        var second = Mean(d => d >= new DateTime(2025, 4, 1) && d < new DateTime(2025, 11, 1));
        Assert.Equal(1 + SalesCalendar.YearlyGrowth, second / first, 0.06);
    }

    [Fact]
    public void A_fifth_of_the_customers_and_products_brings_most_of_the_orders()
    {
        var byCustomer = s_orders.GroupBy(o => o.Customer).Select(g => g.Count()).OrderDescending().ToList();
        Assert.InRange(byCustomer.Take(200).Sum() / 60_000.0, 0.5, 0.75);

        var byProduct = s_orders.SelectMany(s_shop.LinesOf).GroupBy(l => l.Product).Select(g => g.Count()).OrderDescending().ToList();
        Assert.InRange(byProduct.Take(100).Sum() / 180_000.0, 0.55, 0.8);
    }

    [Fact]
    public void Regions_states_and_discounts_have_their_shares()
    {
        var regions = Shares(GeneratedShop.Create(o => o.Customers = 10_000).AllCustomers().Select(c => c.Region));
        Assert.Equal(0.36, regions["NA"], 0.02);
        Assert.Equal(0.30, regions["EMEA"], 0.02);
        Assert.Equal(0.22, regions["APAC"], 0.02);
        Assert.Equal(0.12, regions["LATAM"], 0.02);

        var states = Shares(s_orders.Select(o => o.Status));
        Assert.Equal(OrderLifecycle.CancelledShare, states["cancelled"], 0.005);
        Assert.InRange(states["delivered"], 0.9, 0.94);
        Assert.All(new[] { "pending", "processing", "shipped" }, s => Assert.True(states[s] > 0, s));

        var lines = s_orders.SelectMany(o => s_shop.LinesOf(o).Select(l => (l.Discount, Promotion: SalesCalendar.IsPromotion(Micros.ToUtc(o.OrderDate))))).ToList();
        Assert.Equal(0.45, lines.Where(l => l.Promotion).Average(l => l.Discount > 0 ? 1.0 : 0), 0.02);
        Assert.Equal(0.15, lines.Where(l => !l.Promotion).Average(l => l.Discount > 0 ? 1.0 : 0), 0.01);
        Assert.Equal(180_000, lines.Count);
    }

    private static Dictionary<T, double> Shares<T>(IEnumerable<T> values)
        where T : notnull
    {
        var all = values.ToList();
        return all.GroupBy(v => v).ToDictionary(g => g.Key, g => (double)g.Count() / all.Count);
    }
}
