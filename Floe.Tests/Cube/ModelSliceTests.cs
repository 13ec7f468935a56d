using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>A model with sub-queries, filter parameters, ways of joins and periods of its own, over the recorded data.</summary>
public sealed class SlicedShop : IAsyncLifetime
{
    private const string Model = """
        cubes:
          - name: Deep
            extends: Orders
            sql: "SELECT * FROM orders WHERE {FILTER_PARAMS.Deep.order_date.filter('order_date')} AND {FILTER_GROUP(FILTER_PARAMS.Deep.status.filter('status'), FILTER_PARAMS.Deep.region.filter(\"region\"))}"
            sql_alias: deep_orders
            hierarchies:
              - {name: place, levels: [region, status]}
            dimensions:
              - {name: units, sql: "{OrderItems.quantity}", type: number, sub_query: true}
              - {name: many, sql: "CASE WHEN {units} > 8 THEN 'many' ELSE 'few' END", type: string}
              - {name: asked_units, sql: "{OrderItems.quantity}", type: number, sub_query: true, propagate_filters_to_sub_query: true}
              - {name: category, sql: "{OrderItems.Products.category}", type: string}
              - {name: spot, type: geo, latitude: {sql: id}, longitude: {sql: "{CUBE}.id + 1"}}
              - name: kind
                type: string
                case:
                  switch: "{status}"
                  when:
                    - {value: completed, sql: "'done'"}
                    - {value: "it's", sql: "'never'"}
                  else: {sql: "upper({CUBE}.status)"}
              - name: order_date
                sql: order_date
                type: time
                granularities:
                  - {name: fortnight, interval: 2 weeks, origin: "2025-01-06"}
                  - {name: fiscal_year, interval: 1 year, offset: 3 months}
                  - {name: half, interval: 6 months}
                  - {name: billing_quarter, interval: 3 months, origin: "2024-02-15 06:00"}
                  - {name: early_day, interval: 1 day, offset: -5 hours}
                  - {name: eight_hours, interval: 8 hours}
            measures:
              - {name: average_units, sql: "{units}", type: avg}
              - {name: month_so_far, sql: total_amount, type: sum, rolling_window: {type: month_to_date}}
              - {name: running, sql: total_amount, type: sum, rolling_window: {trailing: unbounded}}
            pre_aggregations:
              - {name: by_units, measures: [count], dimensions: [units]}
              - {name: by_status, measures: [count], dimensions: [status]}
          - name: Plain
            extends: Orders
            sql_table: orders
            dimensions:
              - name: order_date
                sql: order_date
                type: time
                granularities:
                  - {name: fortnight, interval: 2 weeks, origin: "2025-01-06"}
                  - {name: fiscal_year, interval: 1 year, offset: 3 months}
                  - {name: odd_hours, interval: 5 hours, origin: "2025-01-01 01:30"}
            pre_aggregations:
              - {name: by_day, measures: [count, total_revenue], dimensions: [status], time_dimension: order_date, granularity: day}
        views:
          - name: deep_view
            cubes:
              - join_path: Deep
                includes: "*"
        """;

    private readonly TemporaryModel _model = new(Model);

    internal RunningCube Cube { get; private set; } = null!;

    internal ShopRows Rows { get; } = ShopRows.Read(Path.Combine(RecordedShop.Folder, "data"));

    public async Task InitializeAsync() => Cube = await _model.StartAsync();

    public async Task DisposeAsync()
    {
        await Cube.DisposeAsync();
        _model.Dispose();
    }
}

/// <summary>Sub-queries, FILTER_PARAMS, ways of joins and custom granularities give what a plain computation gives.</summary>
public sealed class ModelSliceTests(SlicedShop shop) : IClassFixture<SlicedShop>
{
    private readonly Dictionary<long, long> _units = shop.Rows.OrdersWithItems.GroupBy(row => row.Order!.Id).ToDictionary(order => order.Key, order => order.Sum(row => row.Item!.Quantity));

    private IEnumerable<Order> Orders => shop.Rows.OrdersOnly.Select(row => row.Order!);

    [Theory]
    [InlineData("Deep")]
    [InlineData("deep_view")]
    public async Task A_sub_query_is_a_value_of_each_row(string cube)
    {
        var rows = await shop.Cube.RowsAsync($$"""{"measures":["{{cube}}.count"],"dimensions":["{{cube}}.units"]}""");
        Assert.Equal(Counts(Orders.GroupBy(order => $"{_units[order.Id]}")), Counts(rows, $"{cube}.units", $"{cube}.count"));
        var filtered = await shop.Cube.RowsAsync($$"""{"measures":["{{cube}}.count"],"dimensions":["{{cube}}.many"],"filters":[{"member":"{{cube}}.units","operator":"gte","values":["7"]}]}""");
        Assert.Equal(Counts(Orders.Where(order => _units[order.Id] >= 7).GroupBy(order => _units[order.Id] > 8 ? "many" : "few")), Counts(filtered, $"{cube}.many", $"{cube}.count"));
    }

    [Fact]
    public async Task It_is_aggregated_once_per_row_though_joins_repeat_it()
    {
        var rows = await shop.Cube.RowsAsync("""{"measures":["Deep.average_units","OrderItems.count","Deep.count"],"dimensions":["Products.category"]}""");
        var expected = shop.Rows.OrdersWithItems.GroupBy(row => row.Product!.Category).ToDictionary(category => category.Key, category =>
        {
            var orders = category.Select(row => row.Order!.Id).Distinct().ToList();
            return (Average: orders.Average(id => (double)_units[id]), Items: category.Count(), Orders: orders.Count);
        });
        Assert.Equal(expected.Count, rows.Count);
        foreach (var row in rows)
        {
            var (average, items, orders) = expected[row!["Products.category"]!.GetValue<string>()];
            Assert.Equal(average, Number(row["Deep.average_units"]), 9);
            Assert.Equal((items, orders), ((int)Number(row["OrderItems.count"]), (int)Number(row["Deep.count"])));
        }
    }

    [Fact]
    public async Task Conditions_reach_a_sub_query_that_wants_them()
    {
        const string Filters = """ "filters":[{"member":"OrderItems.quantity_dim","operator":"gte","values":["3"]},{"member":"Deep.status","operator":"equals","values":["completed"]}],"timeDimensions":[{"dimension":"Deep.order_date","dateRange":["2026-01-01","2026-06-30"]}]""";
        var asked = shop.Rows.OrdersWithItems.Where(row => row.Item!.Quantity >= 3 && row.Order!.Status == "completed" && row.Order.Date >= new DateTime(2026, 1, 1) && row.Order.Date < new DateTime(2026, 7, 1)).GroupBy(row => row.Order!.Id).ToList();
        var rows = await shop.Cube.RowsAsync($$"""{"measures":["Deep.count"],"dimensions":["Deep.asked_units"],{{Filters}}}""");
        Assert.Equal(Counts(asked.GroupBy(order => $"{order.Sum(row => row.Item!.Quantity)}")), Counts(rows, "Deep.asked_units", "Deep.count"));
        var all = await shop.Cube.RowsAsync($$"""{"measures":["Deep.count"],"dimensions":["Deep.units"],{{Filters}}}""");
        Assert.Equal(Counts(asked.GroupBy(order => $"{_units[order.Key]}")), Counts(all, "Deep.units", "Deep.count"));
    }

    [Theory]
    [InlineData("Deep")]
    [InlineData("deep_view")]
    public async Task Conditions_are_written_into_the_cubes_own_query(string cube)
    {
        var query = $$"""{"measures":["{{cube}}.count"],"filters":[{"member":"{{cube}}.status","operator":"equals","values":["completed"]},{"or":[{"member":"{{cube}}.status","operator":"set"},{"member":"{{cube}}.region","operator":"contains","values":["ort"]}]},{"or":[{"member":"{{cube}}.status","operator":"set"},{"member":"{{cube}}.id","operator":"gt","values":["5"]}]}],"timeDimensions":[{"dimension":"{{cube}}.order_date","dateRange":["2026-01-01","2026-01-31"]}]}""";
        var (_, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", Tokens.Valid, $$"""{"query":{{query}}}""");
        var sql = body!["sql"]!["sql"]![0]!.GetValue<string>();
        Assert.Contains("""FROM (SELECT * FROM orders WHERE ((order_date >= $1 AND order_date <= $2)) AND ((status = $3) AND ((status IS NOT NULL) OR (region ILIKE $4 ESCAPE '\')))) AS "deep_orders" WHERE""", sql);
        var expected = Orders.Count(order => order.Status == "completed" && order.Date >= new DateTime(2026, 1, 1) && order.Date < new DateTime(2026, 2, 1));
        Assert.Equal(expected, Number((await shop.Cube.RowsAsync(query))[0]![$"{cube}.count"]));
        Assert.Equal(5000, Number((await shop.Cube.RowsAsync($$"""{"measures":["{{cube}}.count"]}"""))[0]![$"{cube}.count"]));
    }

    [Fact]
    public async Task A_rolling_window_looks_beyond_the_range_that_filter_parameters_have()
    {
        var rows = await shop.Cube.RowsAsync("""{"measures":["Deep.running","Deep.month_so_far"],"timeDimensions":[{"dimension":"Deep.order_date","granularity":"day","dateRange":["2026-03-10","2026-03-12"]}]}""");
        Assert.Equal(3, rows.Count);
        foreach (var row in rows)
        {
            var end = DateTime.Parse(row!["Deep.order_date"]!.GetValue<string>(), CultureInfo.InvariantCulture).AddDays(1);
            Assert.Equal((double)Orders.Where(order => order.Date < end).Sum(order => order.Amount), Number(row["Deep.running"]), 6);
            Assert.Equal((double)Orders.Where(order => order.Date < end && order.Date >= new DateTime(2026, 3, 1)).Sum(order => order.Amount), Number(row["Deep.month_so_far"]), 6);
        }
        Assert.Contains("more than 50000 periods", await shop.Cube.ErrorAsync("""{"measures":["Deep.running"],"timeDimensions":[{"dimension":"Deep.order_date","granularity":"second","dateRange":["1900-01-01","2026-03-12"]}]}"""));
    }

    [Theory]
    [InlineData("fortnight")]
    [InlineData("fiscal_year")]
    [InlineData("half")]
    [InlineData("billing_quarter")]
    [InlineData("early_day")]
    [InlineData("eight_hours")]
    public async Task Periods_of_the_models_own(string granularity)
    {
        foreach (var zone in (string[])["UTC", "America/New_York"])
        {
            var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
            var rows = await shop.Cube.RowsAsync($$"""{"measures":["Deep.count"],"timeDimensions":[{"dimension":"Deep.order_date","granularity":"{{granularity}}"}],"timezone":"{{zone}}"}""");
            var expected = Orders.GroupBy(order => Iso(StartOf(granularity, TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(order.Date, DateTimeKind.Utc), local))));
            Assert.Equal(Counts(expected), Counts(rows, $"Deep.order_date.{granularity}", "Deep.count"));
        }
        Assert.Equal($"Granularity \"nope\" does not exist in dimension Deep.order_date", await shop.Cube.ErrorAsync("""{"measures":["Deep.count"],"timeDimensions":[{"dimension":"Deep.order_date","granularity":"nope"}]}"""));
    }

    [Fact]
    public async Task They_are_annotated_and_answered_from_rollups_made_of_their_parts()
    {
        foreach (var (granularity, isCovered) in new[] { ("fortnight", true), ("fiscal_year", true), ("odd_hours", false) })
        {
            var query = $$"""{"measures":["Plain.count"],"timeDimensions":[{"dimension":"Plain.order_date","granularity":"{{granularity}}"}]}""";
            var (_, sql) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", Tokens.Valid, $$"""{"query":{{query}}}""");
            Assert.Equal(isCovered, sql!["sql"]!["sql"]![0]!.GetValue<string>().Contains("floe_rollups", StringComparison.Ordinal));
            var (_, body) = await shop.Cube.LoadAsync(query);
            Assert.Equal(5000, body!["data"]!.AsArray().Sum(row => (int)Number(row!["Plain.count"])));
            if (granularity != "odd_hours") Assert.Equal(Counts(Orders.GroupBy(order => Iso(StartOf(granularity, order.Date)))), Counts(body["data"]!.AsArray(), $"Plain.order_date.{granularity}", "Plain.count"));
            Assert.Equal(granularity, body["annotation"]!["timeDimensions"]![$"Plain.order_date.{granularity}"]!["granularity"]!["name"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_way_of_joins_leads_to_the_member()
    {
        var rows = await shop.Cube.RowsAsync("""{"measures":["Deep.count"],"dimensions":["Deep.category"]}""");
        Assert.Equal(Counts(shop.Rows.OrdersWithItems.GroupBy(row => row.Product!.Category), of => of.Select(row => row.Order!.Id).Distinct().Count()), Counts(rows, "Deep.category", "Deep.count"));
    }

    [Fact]
    public async Task Switches_and_places()
    {
        var rows = await shop.Cube.RowsAsync("""{"measures":["Deep.count"],"dimensions":["Deep.kind"]}""");
        Assert.Equal(Counts(Orders.GroupBy(order => order.Status == "completed" ? "done" : order.Status.ToUpperInvariant())), Counts(rows, "Deep.kind", "Deep.count"));
        Assert.Equal("7,8", (await shop.Cube.RowsAsync("""{"dimensions":["Deep.spot"],"filters":[{"member":"Deep.id","operator":"equals","values":["7"]}]}"""))[0]!["Deep.spot"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_hint_says_how_to_join()
    {
        const string Query = """{"dimensions":["Customers.region","Products.category"],"joinHints":[["Orders","Customers"],["Orders","OrderItems","Products"]]}""";
        var (status, body) = await shop.Cube.LoadAsync(Query);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(shop.Rows.OrdersWithItems.Select(row => (row.Customer?.Region, row.Product?.Category)).Distinct().Count(), body!["data"]!.AsArray().Count);
        Assert.Equal("""[["Orders","Customers"],["Orders","OrderItems","Products"]]""", body["query"]!["joinHints"]!.ToJsonString());
        Assert.StartsWith("Can't find join path", await shop.Cube.ErrorAsync("""{"dimensions":["Customers.region","Products.category"]}"""));
        Assert.Equal("Cube 'Nope' not found for path 'Nope'", await shop.Cube.ErrorAsync("""{"dimensions":["Customers.region"],"joinHints":[["Nope"]]}"""));
        Assert.Equal("Invalid query format: \"joinHints[0]\" must be an array", await shop.Cube.ErrorAsync("""{"dimensions":["Customers.region"],"joinHints":["Orders"]}"""));
    }

    [Fact]
    public async Task Columns_instead_of_rows()
    {
        const string Query = """{"measures":["Orders.count"],"dimensions":["Orders.status"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}],"order":{"Orders.status":"asc","Orders.order_date":"asc"}""";
        var rows = await shop.Cube.RowsAsync($"{Query}}}");
        var (_, body) = await shop.Cube.LoadAsync($"{Query},\"responseFormat\":\"columnar\"}}");
        var data = body!["data"]!.AsObject();
        Assert.Equal(["members", "columns"], data.Select(part => part.Key));
        var members = data["members"]!.AsArray().Select(member => member!.GetValue<string>()).ToList();
        Assert.Equal(rows[0]!.AsObject().Select(cell => cell.Key), members);
        Assert.Equal(members.Count, data["columns"]!.AsArray().Count);
        for (var i = 0; i < members.Count; i++)
            Assert.Equal(rows.Select(row => row![members[i]]!.GetValue<string>()), data["columns"]![i]!.AsArray().Select(cell => cell!.GetValue<string>()));
    }

    private static DateTime StartOf(string granularity, DateTime time) => granularity switch
    {
        "fortnight" => Before(time, new DateTime(2023, 12, 25), start => start.AddDays(14)),
        "fiscal_year" => Before(time, new DateTime(2020, 4, 1), start => start.AddYears(1)),
        "half" => Before(time, new DateTime(2020, 1, 1), start => start.AddMonths(6)),
        "billing_quarter" => Before(time, new DateTime(2020, 2, 15, 6, 0, 0), start => start.AddMonths(3)),
        "early_day" => Before(time, new DateTime(2024, 12, 1, 19, 0, 0), start => start.AddDays(1)),
        _ => Before(time, new DateTime(2024, 12, 1), start => start.AddHours(8)),
    };

    // Walks from a known start until the next period begins after the time.
    private static DateTime Before(DateTime time, DateTime start, Func<DateTime, DateTime> next)
    {
        while (next(start) <= time) start = next(start);
        return start;
    }

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static SortedDictionary<string, int> Counts<T>(IEnumerable<IGrouping<string, T>> groups, Func<IEnumerable<T>, int>? count = null) =>
        new(groups.ToDictionary(group => group.Key, group => count?.Invoke(group) ?? group.Count()), StringComparer.Ordinal);

    private static SortedDictionary<string, int> Counts(JsonArray rows, string key, string count) =>
        new(rows.ToDictionary(row => row![key]!.GetValue<string>(), row => (int)Number(row![count])), StringComparer.Ordinal);

    private static double Number(JsonNode? node) => double.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}
