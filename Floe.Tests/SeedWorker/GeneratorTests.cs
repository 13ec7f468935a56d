using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class GeneratorTests
{
    [Fact]
    public void The_default_seed_has_the_promised_counts_and_the_contracts_types()
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create());

        Assert.Equal(["1000", "500", "5000", "15000"], Shop.Tables.Select(t => db.Count($"select count(*) from {t.FullName}").ToString()));
        foreach (var table in Shop.Tables)
        {
            Assert.Equal(db.Count($"select count(*) from {table.FullName}"), db.Count($"select count(distinct {table.Key}) from {table.FullName}"));
            var expected = table.Columns.Select(c => $"{c.Name}|{DuckDbType(c.Type)}");
            Assert.Equal(expected, db.Rows($"select column_name, data_type from information_schema.columns where table_schema || '.' || table_name = '{table.FullName}' order by ordinal_position"));
            foreach (var required in table.Columns.Where(c => c.Required))
                Assert.Equal(0, db.Count($"select count(*) from {table.FullName} where {required.Name} is null"));
        }
    }

    [Fact]
    public void Ids_have_the_shape_of_version_4()
    {
        var shop = GeneratedShop.Create();
        foreach (var id in shop.AllCustomers().Select(c => c.Id).Concat(shop.TrueOrders().Select(o => o.Id)))
        {
            Assert.Equal(4, id.Version);
            Assert.InRange(id.Variant, 8, 11);
        }
    }

    [Fact]
    public async Task Threads_shards_and_order_of_work_change_nothing()
    {
        var shop = GeneratedShop.Create();
        using var whole = GeneratedShop.OpenDatabase();
        GeneratedTables.Register(whole, shop);
        foreach (var table in new[] { Shop.Orders, Shop.OrderItems })
        {
            var expected = whole.Rows(GeneratedTables.Select(table, shop));
            foreach (var shards in new[] { 1, 7, 16 })
            {
                var parts = await Task.WhenAll(Enumerable.Range(0, shards).Reverse().Select(k => Task.Run(() =>
                {
                    using var db = GeneratedShop.OpenDatabase();
                    GeneratedTables.Register(db, new ShopGenerator(shop.Plan));
                    return (k, Rows: db.Rows(GeneratedTables.Select(table, 5_000L * k / shards, 5_000L * (k + 1) / shards)));
                })));
                Assert.Equal(expected, parts.OrderBy(p => p.k).SelectMany(p => p.Rows));
            }
        }
    }

    [Fact]
    public void The_seed_decides_and_the_clock_does()
    {
        using var one = GeneratedShop.Load(GeneratedShop.Create());
        using var same = GeneratedShop.Load(new ShopGenerator(BatchPlan.FromJson(BatchPlan.First(new GenerationOptions(), GeneratedShop.Clock).ToJson())));
        using var other = GeneratedShop.Load(GeneratedShop.Create(o => o.Seed = 43));
        const string sql = "select * from bronze.orders order by order_id";

        Assert.Equal(one.Rows(sql), same.Rows(sql));
        Assert.Empty(one.Rows(sql).Intersect(other.Rows(sql)));
    }

    /// <summary>Known values: a change of the generator that changes existing data must be on purpose.</summary>
    [Fact]
    public void The_first_rows_stay_what_they_are()
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create());
        Assert.Equal(
            "1534358.89|fffd17d4-56d0-4b70-a79d-1ebd651bf24e",
            db.Rows("select sum(total_amount)::varchar, max(order_id)::varchar from bronze.orders").Single());
    }

    [Fact]
    public void Totals_are_the_sums_of_lines_with_the_products_prices()
    {
        var shop = GeneratedShop.Create();
        var prices = shop.AllProducts().ToDictionary(p => p.Id, p => p.Price);
        foreach (var order in shop.TrueOrders())
        {
            var lines = shop.LinesOf(order).ToList();
            Assert.InRange(lines.Count, 1, 5);
            Assert.Equal(order.Total, lines.Sum(l => l.Subtotal));
            Assert.All(lines, line =>
            {
                Assert.Equal(order.Id, line.OrderId);
                Assert.Equal(prices[line.ProductId], line.UnitPrice);
                Assert.InRange(line.Quantity, 1, 5);
                Assert.InRange(line.Discount, 0, line.Quantity * line.UnitPrice);
                Assert.Equal(line.Quantity * line.UnitPrice - line.Discount, line.Subtotal);
                Assert.True(line.Subtotal > 0);
            });
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 2, 7, 30)]
    [InlineData(1000, 500, 5000, 730)]
    public void Nothing_happens_too_early_or_after_the_clock(int customers, int products, int orders, int days)
    {
        var shop = GeneratedShop.Create(o => (o.Customers, o.Products, o.Orders, o.HistoryDays) = (customers, products, orders, days));
        var clock = Micros.From(shop.Plan.To);
        var from = Micros.From(shop.Plan.From);
        var people = shop.AllCustomers().ToList();
        var things = shop.AllProducts().ToList();
        Assert.All(people, c => Assert.True(c.CreatedAt <= c.UpdatedAt && c.UpdatedAt <= clock));
        Assert.All(things, p => Assert.True(p.CreatedAt < from));

        var previous = long.MinValue;
        foreach (var order in shop.TrueOrders())
        {
            Assert.Equal(people[order.Customer].Id, order.CustomerId);
            Assert.True(people[order.Customer].CreatedAt <= order.OrderDate, $"order {order.Row} precedes its customer's sign-up");
            Assert.InRange(order.OrderDate, Math.Max(from, previous), clock - 1);
            Assert.InRange(order.UpdatedAt, order.OrderDate, clock);
            Assert.Equal(order.Status is "shipped" or "delivered", order.ShippedDate is not null);
            if (order.ShippedDate is { } shipped)
                Assert.InRange(shipped, order.OrderDate + 1, clock);
            previous = order.OrderDate;
        }
    }

    [Fact]
    public void Names_and_addresses_belong_together_and_are_unique()
    {
        var people = GeneratedShop.Create().AllCustomers().ToList();
        Assert.Equal(people.Count, people.Select(c => c.Email).Distinct().Count());
        Assert.All(people, c =>
        {
            Assert.Matches(@"^[\w\.\-\+]+@[\w\.\-]+\.\w+$", c.Email);
            Assert.True(c.Email.All(char.IsAscii), c.Email);
            // Letters of the address that the name spells the same way.
            var first = c.Name.Split(' ')[0].ToLowerInvariant();
            if (first.All(char.IsAscii))
                Assert.StartsWith(first + ".", c.Email);
        });

        var things = GeneratedShop.Create(o => o.Products = 5_000).AllProducts().ToList();
        Assert.Equal(things.Count, things.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void An_orders_life_only_goes_forward()
    {
        var shop = GeneratedShop.Create(o => o.Orders = 500);
        string[] path = ["pending", "processing", "shipped", "delivered"];
        for (var row = 0L; row < 500; row++)
        {
            var placed = shop.Orders.DateOf(row);
            var before = -1;
            var cancelled = false;
            for (var hours = 0; hours < 15 * 24; hours += 3)
            {
                var order = shop.Orders.Order(row, placed + hours * Micros.PerHour);
                if (order.Status == "cancelled")
                {
                    Assert.True(before < 2, "cancelled after it was shipped");
                    cancelled = true;
                    continue;
                }

                Assert.False(cancelled, "came back from cancelled");
                var step = Array.IndexOf(path, order.Status);
                Assert.True(step >= before);
                before = step;
            }

            Assert.True(cancelled || before == 3, "an order is delivered or cancelled after two weeks");
        }
    }

    private static string DuckDbType(string iceberg) => iceberg switch
    {
        "uuid" => "UUID",
        "string" => "VARCHAR",
        "int" => "INTEGER",
        "timestamptz" => "TIMESTAMP WITH TIME ZONE",
        _ => iceberg.ToUpperInvariant().Replace(" ", ""),
    };
}
