using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>The recorded shop with a child cube and a view.</summary>
public sealed class FeatureShop : IAsyncLifetime
{
    private const string Model = """
        cubes:
          - name: Big
            extends: Orders
            sql: "SELECT * FROM orders WHERE total_amount > 3000"
            dimensions:
              - name: size
                type: string
                case:
                  when:
                    - sql: "{CUBE}.total_amount > 4000"
                      label: "it's huge"
                    - sql: "{CUBE}.total_amount > 3500"
                      label: {sql: "upper('large')"}
                  else: {label: "{other}"}
            measures:
              - {name: rolling_week, type: sum, sql: total_amount, rolling_window: {trailing: 7 day}}
              - {name: so_far, type: count, rolling_window: {trailing: unbounded}}
              - {name: month_to_date, type: sum, sql: total_amount, rolling_window: {type: to_date, granularity: month}}
              - {name: around, type: count, rolling_window: {trailing: 2 day, leading: 3 day, offset: start}}
              - {name: share, type: number, sql: "{total_revenue} / {rolling_week}"}
              - {name: approximate_customers, type: count_distinct_approx, sql: customer_id}
        views:
          - name: sales
            title: All sales
            description: Orders with what belongs to them
            cubes:
              - join_path: Orders
                includes: "*"
                excludes: [max_order]
              - join_path: Orders.Customers
                prefix: true
                includes: [region, count]
              - join_path: Orders.OrderItems.Products
                includes:
                  - {name: category, alias: product_category, title: Kind}
                  - revenue
        """;

    private readonly TemporaryModel _model = new(Model);

    internal RunningCube Cube { get; private set; } = null!;

    public async Task InitializeAsync() => Cube = await _model.StartAsync();

    public async Task DisposeAsync()
    {
        await Cube.DisposeAsync();
        _model.Dispose();
    }
}

/// <summary>Views, inheritance, cases and rolling windows give what the cubes under them give, or what a plain computation gives.</summary>
public sealed class ModelFeatureTests(FeatureShop shop) : IClassFixture<FeatureShop>
{
    private static readonly List<Order> _big = [.. ShopRows.Read(Path.Combine(RecordedShop.Folder, "data")).OrdersOnly.Select(row => row.Order!).Where(order => order.Amount > 3000)];

    private readonly RunningCube _cube = shop.Cube;

    [Theory]
    [InlineData("""{"measures":["sales.count","sales.revenue"],"dimensions":["sales.Customers_region"]}""", """{"measures":["Orders.count","Products.revenue"],"dimensions":["Customers.region"]}""")]
    [InlineData("""{"measures":["sales.average_order_value"],"dimensions":["sales.product_category"]}""", """{"measures":["Orders.average_order_value"],"dimensions":["Products.category"]}""")]
    [InlineData("""{"measures":["sales.Customers_count"],"segments":["sales.completed"],"filters":[{"member":"sales.status","operator":"notEquals","values":["shipped"]}]}""", """{"measures":["Customers.count"],"segments":["Orders.completed"],"filters":[{"member":"Orders.status","operator":"notEquals","values":["shipped"]}]}""")]
    [InlineData("""{"measures":["sales.total_revenue"],"timeDimensions":[{"dimension":"sales.order_date","granularity":"month","dateRange":"this year"}],"filters":[{"member":"sales.count","operator":"gt","values":["200"]}]}""", """{"measures":["Orders.total_revenue"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month","dateRange":"this year"}],"filters":[{"member":"Orders.count","operator":"gt","values":["200"]}]}""")]
    // Without a path these two meet nowhere; the view's path leads over the orders.
    [InlineData("""{"dimensions":["sales.Customers_region","sales.product_category"]}""", """{"dimensions":["Customers.region","Products.category"],"filters":[{"or":[{"member":"Orders.status","operator":"set"},{"member":"Orders.status","operator":"notSet"}]}]}""")]
    public async Task A_view_answers_as_its_cubes(string view, string cubes)
    {
        static IEnumerable<string> Values(JsonArray rows) => rows.Select(row => string.Join(" | ", row!.AsObject().Select(cell => cell.Value?.ToString() ?? "NULL"))).Order(StringComparer.Ordinal);
        var expected = Values(await _cube.RowsAsync(cubes)).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Values(await _cube.RowsAsync(view)));
    }

    [Fact]
    public async Task A_view_has_its_own_names()
    {
        var (_, meta) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.Valid);
        var view = meta!["cubes"]!.AsArray().Single(cube => cube!["name"]!.GetValue<string>() == "sales")!;
        Assert.Equal("view", view["type"]!.GetValue<string>());
        var measures = view["measures"]!.AsArray().Select(measure => measure!["name"]!.GetValue<string>()).ToList();
        Assert.Contains("sales.Customers_count", measures);
        Assert.DoesNotContain("sales.max_order", measures);
        var category = view["dimensions"]!.AsArray().Single(dimension => dimension!["name"]!.GetValue<string>() == "sales.product_category")!;
        Assert.Equal("All sales Kind", category["title"]!.GetValue<string>());
        Assert.Equal("Products.category", category["aliasMember"]!.GetValue<string>());
        Assert.Equal("sum", view["measures"]!.AsArray().Single(measure => measure!["name"]!.GetValue<string>() == "sales.total_revenue")!["aggType"]!.GetValue<string>());
        Assert.Equal("'max_order' not found for path 'sales.max_order'", await _cube.ErrorAsync("""{"measures":["sales.max_order"]}"""));
    }

    [Fact]
    public async Task A_child_has_what_its_parent_has()
    {
        var row = (await _cube.RowsAsync("""{"measures":["Big.count","Big.total_revenue","Big.completed_count","Customers.count"],"segments":["Big.completed"]}"""))[0]!;
        var completed = _big.FindAll(order => order.Status == "completed");
        Assert.Equal(completed.Count.ToString(CultureInfo.InvariantCulture), row["Big.count"]!.GetValue<string>());
        Assert.Equal(completed.Sum(order => order.Amount), Number(row["Big.total_revenue"]));
        Assert.Equal(completed.Select(order => order.CustomerId).Distinct().Count(), Number(row["Customers.count"]));
    }

    [Fact]
    public async Task A_case_names_its_rows()
    {
        var rows = await _cube.RowsAsync("""{"measures":["Big.count"],"dimensions":["Big.size"]}""");
        var counts = rows.ToDictionary(row => row!["Big.size"]!.GetValue<string>(), row => (int)Number(row!["Big.count"]));
        Assert.Equal(_big.Count(order => order.Amount > 4000), counts["it's huge"]);
        Assert.Equal(_big.Count(order => order.Amount is > 3500 and <= 4000), counts["LARGE"]);
        Assert.Equal(_big.Count(order => order.Amount <= 3500), counts["{other}"]);
        Assert.Equal((double)_big.Select(order => order.CustomerId).Distinct().Count(), (double)Number((await _cube.RowsAsync("""{"measures":["Big.approximate_customers"]}"""))[0]!["Big.approximate_customers"]), 50.0);
    }

    [Theory]
    [InlineData("day")]
    [InlineData("week")]
    [InlineData("month")]
    public async Task Windows_roll_over_every_period(string granularity)
    {
        var rows = await _cube.RowsAsync($$"""{"measures":["Big.rolling_week","Big.so_far","Big.month_to_date","Big.around"],"timeDimensions":[{"dimension":"Big.order_date","granularity":"{{granularity}}","dateRange":["2026-01-15","2026-03-20"]}]}""");
        Assert.Equal(granularity switch { "day" => 65, "week" => 10, _ => 3 }, rows.Count);
        foreach (var row in rows)
        {
            var from = DateTime.Parse(row!["Big.order_date"]!.GetValue<string>(), CultureInfo.InvariantCulture);
            var end = granularity switch { "day" => from.AddDays(1), "week" => from.AddDays(7), _ => from.AddMonths(1) };
            Assert.Equal(Sum(end.AddDays(-7), end), row["Big.rolling_week"] is { } week ? Number(week) : 0);
            Assert.Equal(_big.Count(order => order.Date < end), Number(row["Big.so_far"]));
            Assert.Equal(Sum(new DateTime(from.Year, from.Month, 1), end), row["Big.month_to_date"] is { } month ? Number(month) : 0);
            Assert.Equal(_big.Count(order => order.Date >= from.AddDays(-2) && order.Date < from.AddDays(3)), Number(row["Big.around"]));
        }
    }

    [Fact]
    public async Task A_window_goes_with_plain_measures_dimensions_and_joins()
    {
        // The items repeat the orders; the window still counts each once.
        var rows = await _cube.RowsAsync("""{"measures":["Big.rolling_week","Big.total_revenue","Big.share","OrderItems.count"],"dimensions":["Big.status"],"timeDimensions":[{"dimension":"Big.order_date","granularity":"day","dateRange":["2026-01-15","2026-03-20"]}]}""");
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var status = row!["Big.status"]!.GetValue<string>();
            var end = DateTime.Parse(row["Big.order_date"]!.GetValue<string>(), CultureInfo.InvariantCulture).AddDays(1);
            var (week, day) = (Sum(end.AddDays(-7), end, status), Sum(end.AddDays(-1), end, status));
            Assert.Equal(week, Number(row["Big.rolling_week"]));
            Assert.Equal(day, Number(row["Big.total_revenue"]));
            Assert.Equal((double)(day / week), (double)Number(row["Big.share"]), 9);
        }
        Assert.Equal("Time series queries without dateRange aren't supported", await _cube.ErrorAsync("""{"measures":["Big.rolling_week"],"timeDimensions":[{"dimension":"Big.order_date","granularity":"day"}]}"""));
        Assert.Equal(_big.Sum(order => order.Amount), Number((await _cube.RowsAsync("""{"measures":["Big.rolling_week"]}"""))[0]!["Big.rolling_week"]));
    }

    private static decimal Sum(DateTime from, DateTime end, string? status = null) =>
        _big.Where(order => order.Date >= from && order.Date < end && (status is null || order.Status == status)).Sum(order => order.Amount);

    private static decimal Number(JsonNode? node) => decimal.Parse(node!.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
