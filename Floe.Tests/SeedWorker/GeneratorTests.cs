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

    /// <summary>A batch with everything in it: late arrivals of the one before, orders that went on, duplicates, nulls.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(7, 2)]
    [InlineData(16, 2)]
    [InlineData(16, 4)]
    public async Task Threads_shards_and_order_of_work_change_nothing(int shards, int threads)
    {
        var options = GeneratedShop.Options(o => (o.DuplicateRate, o.LateArrivalRate) = (0.05, 0.1));
        var plan = BatchPlan.First(options, GeneratedShop.Clock).Next(501, GeneratedShop.Clock.AddDays(2), options);
        var shop = new ShopGenerator(plan);
        using var whole = GeneratedShop.OpenDatabase();
        GeneratedTables.Register(whole, shop);
        var parts = new Dictionary<TableContract, List<string>>[shards];
        // The last first.
        await Parallel.ForEachAsync(Enumerable.Range(0, shards).Reverse(), new ParallelOptions { MaxDegreeOfParallelism = threads }, (k, _) =>
        {
            using var db = GeneratedShop.OpenDatabase(threads);
            GeneratedTables.Register(db, new ShopGenerator(BatchPlan.FromJson(plan.ToJson())));
            parts[k] = Shop.Tables.ToDictionary(table => table, table =>
            {
                var (from, to) = GeneratedTables.Rows(table, shop);
                return db.Rows(GeneratedTables.Select(table, from + (to - from) * k / shards, from + (to - from) * (k + 1) / shards));
            });
            return ValueTask.CompletedTask;
        });
        foreach (var table in Shop.Tables)
        {
            var expected = whole.Rows(GeneratedTables.Select(table, shop));
            Assert.NotEmpty(expected);
            Assert.Equal(expected, parts.SelectMany(p => p[table]));
        }
    }

    /// <summary>Ten batches of any length give, latest version by latest version, the truth that one look at the clock gives.</summary>
    [Theory]
    [InlineData(300, 3)]
    [InlineData(7_200, 25)]
    [InlineData(86_400, 100)]
    public void Later_batches_move_orders_on(int seconds, int orders)
    {
        var options = new GenerationOptions { Orders = 3_000, HistoryDays = 60, NullRate = 0 };
        var plans = new List<BatchPlan> { BatchPlan.First(options, GeneratedShop.Clock) };
        for (var n = 1; n <= 10; n++)
            plans.Add(plans[^1].Next(orders, GeneratedShop.Clock.AddSeconds(n * seconds), options));
        var shops = plans.Select(p => new ShopGenerator(BatchPlan.FromJson(p.ToJson()))).ToArray();
        using var db = GeneratedShop.Load(shops);

        var clock = shops[^1].Orders.Clock;
        Assert.Equal(
            shops.SelectMany(s => s.TrueOrders(clock)).Select(o => $"{o.Id}|{o.CustomerId}|{o.Total}|{o.Status}|{o.UpdatedAt}|{o.ShippedDate}").Order(StringComparer.Ordinal),
            db.Rows("""
                select order_id::varchar, customer_id::varchar, (total_amount * 100)::bigint, status, epoch_us(updated_at), epoch_us(shipped_date) from bronze.orders
                qualify row_number() over (partition by order_id order by updated_at desc) = 1
                """).Order(StringComparer.Ordinal));

        // What comes again is further on its way, and comes without its lines.
        Assert.Equal(0, db.Count("select count(*) from (select order_id from bronze.orders group by order_id having count(*) <> count(distinct status))"));
        Assert.InRange(db.Count("select count(*) from bronze.orders"), 3_001 + 10 * orders, 4 * (3_000 + 10 * orders));
        Assert.Equal(3 * (3_000 + 10 * orders), db.Count("select count(*) from bronze.order_items"));
    }

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(1_000, 2_777, 7)]
    [InlineData(500, 10_000, 20)]
    public void Lines_are_as_many_as_asked_for(int orders, int items, int mostOfPair)
    {
        var shop = GeneratedShop.Create(o => (o.Orders, o.Items) = (orders, items));
        var next = 0L;
        foreach (var order in shop.TrueOrders())
        {
            Assert.Equal(next, order.FirstLine);
            Assert.InRange(order.Lines, 1, 2 * mostOfPair);
            next += order.Lines;
        }

        Assert.Equal(items, next);
    }

    [Fact]
    public void Recent_periods_are_kept_until_their_orders_are_settled()
    {
        var options = GeneratedShop.Options(o => (o.LateArrivalRate, o.MaxLateDays) = (0.05, 14));
        var plan = BatchPlan.First(options, GeneratedShop.Clock);
        for (var n = 1; n <= 1_000; n++)
            plan = plan.Next(100, GeneratedShop.Clock.AddMinutes(30 * n), options);

        // Two weeks of batches every half an hour, and a short text.
        Assert.Equal("100/1800/0.05/14*672", plan.Recent);
        Assert.Equal(plan.FirstOrder, plan.RecentPeriods()[^1].EndOrder);
        Assert.Equal(Micros.From(plan.From), plan.RecentPeriods()[^1].To);
        Assert.Equal(plan.RecentPeriods()[0].EndOrder, plan.RecentPeriods()[1].FirstOrder);
        var broken = plan with { Recent = "100/x" };
        Assert.Contains("'100/x'", Assert.Throws<InvalidDataException>(() => broken.RecentPeriods()).Message);
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
            "1543943.06|fffd17d4-56d0-4b70-a79d-1ebd651bf24e",
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
