using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>
/// Random queries give what a plain computation in memory gives: join the rows one by one, filter, group, and let every
/// entity count once per group. That is what a measure means, and what fan-out breaks when it is done wrong. Asked of the cubes and of a
/// view over them, with segments, conditions on measures and a sub-query dimension; with and without rollups, with and without a policy.
/// </summary>
public sealed class RandomQueryTests
{
    private const int Seed = 20261121;
    private const int Few = 100;
    private const int Many = 2_000;
    private const int AtOnce = 4;

    private const string OrdersRollups = """
            pre_aggregations:
              - name: by_day
                measures: [count, total_revenue, completed_count, max_order, average_order_value, distinct_customers]
                dimensions: [status, region]
                segments: [completed]
                time_dimension: order_date
                granularity: day
              - name: with_customers
                measures: [CUBE.count, CUBE.total_revenue]
                dimensions: [CUBE.status, CUBE.region, Customers.region, Customers.segment, Customers.created_at]
                time_dimension: CUBE.order_date
                granularity: month
                partition_granularity: year
              - name: with_items
                measures: [OrderItems.count, OrderItems.quantity, OrderItems.revenue, Orders.total_revenue, Products.average_price]
                dimensions: [Orders.status, Orders.region, Customers.region, Products.category, OrderItems.quantity_dim]
                time_dimension: Orders.order_date
                granularity: month

        """;

    private const string ItemsRollups = """
            pre_aggregations:
              - {name: by_category, type: rollup, measures: [count, quantity, revenue], dimensions: [Products.category, quantity_dim]}

        """;

    private const string CustomersRollups = """
            pre_aggregations:
              - {name: by_region, measures: [count], dimensions: [region, segment], time_dimension: created_at, granularity: month}

        """;

    private const string Units = """
            dimensions:
              - {name: units, sql: "{OrderItems.quantity}", type: number, sub_query: true}

        """;

    private const string Everything = """
        views:
          - name: everything
            cubes:
              - {join_path: Orders, prefix: true, includes: "*"}
              - {join_path: Orders.Customers, prefix: true, includes: "*"}
              - {join_path: Orders.OrderItems, prefix: true, includes: "*"}
              - {join_path: Orders.OrderItems.Products, prefix: true, includes: "*"}
        """;

    private const string Policy = """
            access_policy:
              - role: "*"
                row_level:
                  filters:
                    - {member: region, operator: equals, values: ["{ securityContext.region }"]}

        """;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Equal_a_plain_computation(bool rollups, bool policy) => CompareAsync(Few, rollups, policy);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Many_equal_a_plain_computation(bool rollups, bool policy) => CompareAsync(Many, rollups, policy);

    private static async Task CompareAsync(int count, bool rollups, bool policy)
    {
        using var model = new TemporaryModel(Everything, (file, text) => file switch
        {
            "orders.yml" => text.Replace("    dimensions:\n", $"{(rollups ? OrdersRollups : "")}{(policy ? Policy : "")}{Units}"),
            "products.yml" when rollups => text.Replace("    sql_table: order_items\n", $"    sql_table: order_items\n{ItemsRollups}"),
            "customers.yml" when rollups => text.Replace("    dimensions:\n", $"{CustomersRollups}    dimensions:\n"),
            _ => text,
        });
        await using var cube = await model.StartAsync();
        var used = await CompareAsync(cube, count, Tokens.Sign("""{"region":"South"}"""), policy ? row => row.Order?.Region == "South" : null);
        if (rollups) Assert.InRange(used, count / 40, count);
        else Assert.Equal(0, used);
    }

    /// <returns>How many of the queries were answered from a rollup.</returns>
    private static async Task<int> CompareAsync(RunningCube cube, int count, string token, Func<ShopRow, bool>? policy = null)
    {
        var rows = ShopRows.Read(Path.Combine(RecordedShop.Folder, "data"));
        var random = new Random(Seed);
        var queries = Enumerable.Range(0, count).Select(_ => RandomQuery.Next(random)).ToList();
        var used = 0;
        await Parallel.ForEachAsync(queries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (query, _) =>
        {
            var json = query.ToJson();
            var (status, body) = await cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", token, $"{{\"query\":{json}}}");
            Assert.True(status == HttpStatusCode.OK, $"{json}: {body?.ToJsonString()}");
            var actual = body!["data"]!.AsArray().Select(row => Key(query.Columns.Select(column => row![column]?.GetValue<string>()))).Order(StringComparer.Ordinal).ToList();
            var expected = query.Compute(rows, policy).Select(Key).Order(StringComparer.Ordinal).ToList();
            var (_, sql) = await cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", token, $"{{\"query\":{json}}}");
            var text = sql!["sql"]!["sql"]![0]!.GetValue<string>();
            if (text.Contains("floe_rollups")) Interlocked.Increment(ref used);
            Assert.True(expected.SequenceEqual(actual), $"{json}\n{text}\nexpected {expected.Count} rows:\n{string.Join('\n', expected.Except(actual).Take(5))}\nactual {actual.Count} rows:\n{string.Join('\n', actual.Except(expected).Take(5))}");
        });
        return used;
    }

    /// <summary>A row as text, numbers to twelve digits: at nine, a half can round either way.</summary>
    private static string Key(IEnumerable<string?> cells) => string.Join(" | ", cells.Select(cell =>
        cell is null ? "NULL"
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("G12", CultureInfo.InvariantCulture)
        : cell));
}

/// <summary>One joined row; parts that an outer join did not find are null.</summary>
internal sealed record ShopRow(Order? Order, Customer? Customer, Item? Item, Product? Product);

internal sealed record Order(long Id, long CustomerId, string Status, string? Region, DateTime Date, decimal Amount)
{
    /// <summary>Of all its items.</summary>
    public long Units { get; set; }
}

internal sealed record Customer(long Id, string Name, string? Region, string Segment, DateTime Created);

internal sealed record Item(long Id, long OrderId, long ProductId, long Quantity, decimal UnitPrice);

internal sealed record Product(long Id, string Name, string Category, decimal Price);

internal sealed class ShopRows
{
    public required IReadOnlyList<ShopRow> OrdersOnly { get; init; }
    public required IReadOnlyList<ShopRow> OrdersWithItems { get; init; }
    public required IReadOnlyList<ShopRow> ItemsOnly { get; init; }
    public required IReadOnlyList<ShopRow> CustomersOnly { get; init; }
    public required IReadOnlyList<ShopRow> ProductsOnly { get; init; }

    public static ShopRows Read(string folder)
    {
        string[][] Table(string name) => [.. File.ReadLines(Path.Combine(folder, $"{name}.csv")).Skip(1).Select(line => line.Split(','))];
        var orders = Table("orders").Select(cells => new Order(Long(cells[0]), Long(cells[1]), cells[2], Text(cells[3]), Time(cells[4]), Money(cells[5]))).ToList();
        var customers = Table("customers").Select(cells => new Customer(Long(cells[0]), cells[1], Text(cells[2]), cells[3], Time(cells[4]))).ToDictionary(one => one.Id);
        var items = Table("order_items").Select(cells => new Item(Long(cells[0]), Long(cells[1]), Long(cells[2]), Long(cells[3]), Money(cells[4]))).ToList();
        var products = Table("products").Select(cells => new Product(Long(cells[0]), cells[1], cells[2], Money(cells[3]))).ToDictionary(one => one.Id);
        var itemsOf = items.ToLookup(item => item.OrderId);
        foreach (var order in orders) order.Units = itemsOf[order.Id].Sum(item => item.Quantity);
        return new ShopRows
        {
            OrdersOnly = [.. orders.Select(order => new ShopRow(order, customers.GetValueOrDefault(order.CustomerId), null, null))],
            OrdersWithItems = [.. orders.SelectMany(order => itemsOf[order.Id].DefaultIfEmpty().Select(item =>
                new ShopRow(order, customers.GetValueOrDefault(order.CustomerId), item, item is null ? null : products.GetValueOrDefault(item.ProductId))))],
            ItemsOnly = [.. items.Select(item => new ShopRow(null, null, item, products.GetValueOrDefault(item.ProductId)))],
            CustomersOnly = [.. customers.Values.Select(customer => new ShopRow(null, customer, null, null))],
            ProductsOnly = [.. products.Values.Select(product => new ShopRow(null, null, null, product))],
        };
    }

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    private static decimal Money(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    private static DateTime Time(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    private static string? Text(string text) => text.Length == 0 ? null : text;
}

/// <summary>A query in both forms: as JSON for the service, as functions for the plain computation.</summary>
internal sealed class RandomQuery
{
    private sealed record MeasureForm(string Name, string Cubes, Func<IReadOnlyList<ShopRow>, object?> Value);

    private sealed record DimensionForm(string Name, string Cube, Func<ShopRow, string?> Value);

    private sealed record FilterForm(string Json, string Cube, Func<ShopRow, bool> Holds);

    private static readonly MeasureForm[] _measures =
    [
        new("Orders.count", "Orders", rows => Orders(rows).Count),
        new("Orders.total_revenue", "Orders", Revenue),
        new("Orders.average_order_value", "Orders", Average),
        new("Orders.completed_count", "Orders", rows => Orders(rows).Count(order => order.Status == "completed")),
        new("Orders.max_order", "Orders", rows => Orders(rows) is { Count: > 0 } orders ? orders.Max(order => order.Amount) : null),
        new("Orders.distinct_customers", "Orders", rows => Orders(rows).Select(order => order.CustomerId).Distinct().Count()),
        new("Customers.count", "Customers", rows => rows.Select(row => row.Customer).OfType<Customer>().Distinct().Count()),
        new("Customers.lifetime_value", "Customers Orders", Revenue),
        new("Customers.average_order_value", "Customers Orders", Average),
        new("Products.count", "Products", rows => Products(rows).Count),
        new("Products.average_price", "Products", rows => Products(rows) is { Count: > 0 } products ? products.Average(product => product.Price) : null),
        new("Products.units_sold", "Products OrderItems", Units),
        new("OrderItems.count", "OrderItems", rows => Items(rows).Count),
        new("OrderItems.quantity", "OrderItems", Units),
        new("OrderItems.revenue", "OrderItems", rows => Items(rows) is { Count: > 0 } items ? items.Sum(item => item.Quantity * item.UnitPrice) : null),
    ];

    private static readonly DimensionForm[] _dimensions =
    [
        new("Orders.status", "Orders", row => row.Order?.Status),
        new("Orders.region", "Orders", row => row.Order?.Region),
        new("Customers.region", "Customers", row => row.Customer?.Region),
        new("Customers.segment", "Customers", row => row.Customer?.Segment),
        new("Products.category", "Products", row => row.Product?.Category),
        new("OrderItems.quantity_dim", "OrderItems", row => row.Item?.Quantity.ToString(CultureInfo.InvariantCulture)),
        new("Orders.units", "Orders", row => row.Order is { } order ? $"{order.Units}" : null),
        new("Orders.order_date.week", "Orders", row => row.Order is { } order ? Iso(order.Date.Date.AddDays(-(((int)order.Date.DayOfWeek + 6) % 7))) : null),
        new("Orders.order_date.month", "Orders", row => row.Order is { } order ? Iso(new DateTime(order.Date.Year, order.Date.Month, 1)) : null),
        new("Orders.order_date.quarter", "Orders", row => row.Order is { } order ? Iso(new DateTime(order.Date.Year, ((order.Date.Month - 1) / 3 * 3) + 1, 1)) : null),
        new("Customers.created_at.year", "Customers", row => row.Customer is { } customer ? Iso(new DateTime(customer.Created.Year, 1, 1)) : null),
    ];

    private static readonly FilterForm[] _filters =
    [
        new("""{"member":"Orders.status","operator":"equals","values":["completed","shipped"]}""", "Orders", row => row.Order?.Status is "completed" or "shipped"),
        new("""{"member":"Orders.status","operator":"notEquals","values":["completed"]}""", "Orders", row => row.Order?.Status != "completed"),
        new("""{"member":"Orders.region","operator":"set"}""", "Orders", row => row.Order?.Region is not null),
        new("""{"member":"Orders.region","operator":"notEquals","values":["North",null]}""", "Orders", row => row.Order?.Region is not (null or "North")),
        new("""{"member":"Customers.region","operator":"notContains","values":["est"]}""", "Customers", row => row.Customer?.Region != "West"),
        new("""{"member":"Customers.segment","operator":"contains","values":["CORP"]}""", "Customers", row => row.Customer?.Segment == "Corporate"),
        new("""{"member":"OrderItems.quantity_dim","operator":"gte","values":["3"]}""", "OrderItems", row => row.Item?.Quantity >= 3),
        new("""{"member":"Products.category","operator":"endsWith","values":["ing"]}""", "Products", row => row.Product?.Category.EndsWith("ing") == true),
        new("""{"member":"Orders.order_date","operator":"inDateRange","values":["2026-02-01","2026-05-15"]}""", "Orders", row => row.Order?.Date >= new DateTime(2026, 2, 1) && row.Order.Date < new DateTime(2026, 5, 16)),
        new("""{"or":[{"member":"Orders.status","operator":"equals","values":["cancelled"]},{"and":[{"member":"Customers.region","operator":"equals","values":["South"]},{"member":"Orders.region","operator":"notSet"}]}]}""", "Orders Customers",
            row => row.Order?.Status == "cancelled" || (row.Customer?.Region == "South" && row.Order?.Region is null)),
    ];

    private static readonly FilterForm[] _segmentForms =
    [
        new("Orders.completed", "Orders", row => row.Order?.Status == "completed"),
        new("Orders.big", "Orders", row => row.Order?.Amount > 3000),
    ];

    private static readonly string[] _operators = ["gt", "gte", "lt", "lte", "equals", "notEquals"];

    private readonly List<MeasureForm> _asked;
    private readonly List<DimensionForm> _by;
    private readonly List<FilterForm> _where;
    private readonly List<FilterForm> _segments;
    private readonly (MeasureForm Measure, string Operator, decimal Value)? _having;
    private readonly bool _isOfView;

    private RandomQuery(List<MeasureForm> asked, List<DimensionForm> by, List<FilterForm> where, List<FilterForm> segments, (MeasureForm, string, decimal)? having, bool isOfView)
    {
        (_asked, _by, _where, _segments, _having) = (asked, by, where, segments, having);
        // A view starts where its ways start; only there it asks what its cubes ask.
        _isOfView = isOfView && Cubes.Contains("Orders");
    }

    public IEnumerable<string> Columns => _by.Select(one => one.Name).Concat(_asked.Select(one => one.Name)).Select(Named);

    private HashSet<string> Cubes => [.. _asked.Select(one => one.Cubes).Concat(_by.Select(one => one.Cube)).Concat(_where.Concat(_segments).Select(one => one.Cube)).Append(_having?.Measure.Cubes ?? _asked[0].Cubes).SelectMany(names => names.Split(' '))];

    // "Customers.region" is everything.Customers_region of the view.
    private string Named(string member) => _isOfView ? $"everything.{member[..member.IndexOf('.')]}_{member[(member.IndexOf('.') + 1)..]}" : member;

    public static RandomQuery Next(Random random)
    {
        while (true)
        {
            (MeasureForm, string, decimal)? having = random.Next(4) > 0 ? null : (_measures[random.Next(_measures.Length)], _operators[random.Next(_operators.Length)], random.Next(0, 3000));
            var query = new RandomQuery(Some(random, _measures, 1, 4), Some(random, _dimensions, 0, 3), Some(random, _filters, 0, 3), random.Next(4) > 0 ? [] : Some(random, _segmentForms, 1, 2), having, random.Next(3) == 0);
            if (query.HasJoinPath) return query;
        }
    }

    // Items know their product, not their order: with customers or orders the join starts at Orders, which must be asked for.
    private bool HasJoinPath
    {
        get
        {
            var cubes = Cubes;
            return cubes.Contains("Orders") || !cubes.Contains("Customers") || cubes.Count == 1;
        }
    }

    public string ToJson()
    {
        var times = _by.Where(one => one.Name.Count(c => c == '.') == 2).Select(one => new JsonObject { ["dimension"] = Named(one.Name[..one.Name.LastIndexOf('.')]), ["granularity"] = one.Name[(one.Name.LastIndexOf('.') + 1)..] });
        var filters = _where.Select(one => JsonNode.Parse(one.Json)!).ToList();
        foreach (var filter in filters) Rename(filter);
        if (_having is var (measure, operation, value)) filters.Add(new JsonObject { ["member"] = Named(measure.Name), ["operator"] = operation, ["values"] = new JsonArray(value.ToString(CultureInfo.InvariantCulture)) });
        return new JsonObject
        {
            ["measures"] = new JsonArray([.. _asked.Select(one => JsonValue.Create(Named(one.Name)))]),
            ["dimensions"] = new JsonArray([.. _by.Where(one => one.Name.Count(c => c == '.') == 1).Select(one => JsonValue.Create(Named(one.Name)))]),
            ["timeDimensions"] = new JsonArray([.. times]),
            ["segments"] = new JsonArray([.. _segments.Select(one => JsonValue.Create(Named(one.Json)))]),
            ["filters"] = new JsonArray([.. filters]),
        }.ToJsonString();
    }

    private void Rename(JsonNode filter)
    {
        if (filter["member"] is { } member) filter["member"] = Named(member.GetValue<string>());
        foreach (var inner in (filter["or"] ?? filter["and"])?.AsArray() ?? []) Rename(inner!);
    }

    private bool IsAsked(IReadOnlyList<ShopRow> rows)
    {
        if (_having is not var (measure, operation, value)) return true;
        // What is not known is neither more nor less; only "not equal" counts it in.
        if (measure.Value(rows) is not { } aggregate) return operation == "notEquals";
        var compared = Convert.ToDouble(aggregate, CultureInfo.InvariantCulture).CompareTo((double)value);
        return operation switch { "gt" => compared > 0, "gte" => compared >= 0, "lt" => compared < 0, "lte" => compared <= 0, "equals" => compared == 0, _ => compared != 0 };
    }

    /// <param name="policy">What rows of joined orders must pass, asked for or not; null: all.</param>
    public IEnumerable<IEnumerable<string?>> Compute(ShopRows shop, Func<ShopRow, bool>? policy = null)
    {
        var cubes = Cubes;
        var hasItems = cubes.Contains("OrderItems") || cubes.Contains("Products");
        var rows = cubes.Contains("Orders") ? hasItems ? shop.OrdersWithItems : shop.OrdersOnly
            : cubes.Contains("OrderItems") ? shop.ItemsOnly
            : cubes.Contains("Products") ? shop.ProductsOnly : shop.CustomersOnly;
        var held = rows.Where(row => policy is null || !cubes.Contains("Orders") || policy(row)).Where(row => _where.TrueForAll(filter => filter.Holds(row)) && _segments.TrueForAll(segment => segment.Holds(row))).ToList();
        IEnumerable<(IReadOnlyList<string?> Key, List<ShopRow> Rows)> groups = _by.Count == 0
            ? [([], held)]
            : held.GroupBy(row => string.Join('\u0001', _by.Select(one => one.Value(row) ?? "\u0002")))
                .Select(group => ((IReadOnlyList<string?>)[.. _by.Select(one => one.Value(group.First()))], group.ToList()));
        return groups.Where(group => IsAsked(group.Rows)).Select(group => group.Key.Concat(_asked.Select(one => Convert.ToString(one.Value(group.Rows), CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null)));
    }

    private static List<T> Some<T>(Random random, T[] from, int least, int most) => [.. random.GetItems(from, random.Next(least, most + 1)).Distinct()];

    private static List<Order> Orders(IReadOnlyList<ShopRow> rows) => [.. rows.Select(row => row.Order).OfType<Order>().DistinctBy(order => order.Id)];

    private static List<Item> Items(IReadOnlyList<ShopRow> rows) => [.. rows.Select(row => row.Item).OfType<Item>().DistinctBy(item => item.Id)];

    private static List<Product> Products(IReadOnlyList<ShopRow> rows) => [.. rows.Select(row => row.Product).OfType<Product>().DistinctBy(product => product.Id)];

    private static object? Revenue(IReadOnlyList<ShopRow> rows) => Orders(rows) is { Count: > 0 } orders ? orders.Sum(order => order.Amount) : null;

    private static object? Average(IReadOnlyList<ShopRow> rows) => Orders(rows) is { Count: > 0 } orders ? orders.Sum(order => order.Amount) / orders.Count : null;

    private static object? Units(IReadOnlyList<ShopRow> rows) => Items(rows) is { Count: > 0 } items ? items.Sum(item => item.Quantity) : null;

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
