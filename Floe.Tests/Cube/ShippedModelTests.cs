using System.Net;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.CubeProxy.Model;

namespace Floe.Tests.Cube;

/// <summary>The model that Floe ships, over tables of the shapes that the transform lands: every member can be asked for, and the numbers add up.</summary>
public sealed class ShippedModelTests : IAsyncLifetime
{
    private const int CustomerCount = 20;
    private const int ProductCount = 10;
    private const int OrderCount = 100;
    private const int ItemsPerOrder = 3;

    private static readonly string _model = Path.Combine(AppContext.BaseDirectory, "model");

    private readonly string _data = Directory.CreateTempSubdirectory("floe-shop-").FullName;
    private RunningCube _cube = null!;

    public async Task InitializeAsync()
    {
        using (var db = new DuckDBConnection("DataSource=:memory:"))
        {
            db.Open();
            // i-th key of a table: 00000000-0000-0000-000t-…i
            Execute(db, "CREATE MACRO key(t, i) AS printf('00000000-0000-0000-%04d-%012d', t, i)::UUID");
            Execute(db, "CREATE MACRO status_of(i) AS ['pending', 'processing', 'shipped', 'delivered', 'cancelled'][(i % 5 + 1)::INT]");
            Execute(db, "CREATE MACRO region_of(i) AS ['NA', 'EMEA', 'APAC', 'LATAM'][(i % 4 + 1)::INT]");
            Write(db, "int_orders_enriched", $"""
                SELECT key(3, i) AS order_id, key(1, i % {CustomerCount}) AS customer_id, region_of(i) AS region, status_of(i) AS status,
                  TIMESTAMP '2026-01-01' + to_days((i % 90)::INT) AS order_date, NULL::TIMESTAMP AS shipped_date, (i * 1.10)::DECIMAL(14,2) AS total_amount,
                  {ItemsPerOrder}::INT AS item_count, (2 * {ItemsPerOrder})::BIGINT AS unit_count, TIMESTAMP '2026-04-01' AS updated_at
                FROM range({OrderCount}) t(i)
                """);
            Write(db, "int_order_items_enriched", $"""
                SELECT key(4, i) AS order_item_id, key(3, i // {ItemsPerOrder}) AS order_id, key(2, i % {ProductCount}) AS product_id, 'Product ' || (i % {ProductCount}) AS product_name,
                  ['Books', 'Electronics'][(i % 2 + 1)::INT] AS category, 2::INT AS quantity, 1.50::DECIMAL(12,2) AS unit_price, 0.25::DECIMAL(12,2) AS discount, 2.75::DECIMAL(14,2) AS subtotal,
                  1.50::DECIMAL(12,2) AS current_price, 0::DECIMAL(12,2) AS price_difference, TIMESTAMP '2026-01-01' AS order_date, status_of(i // {ItemsPerOrder}) AS order_status
                FROM range({OrderCount * ItemsPerOrder}) t(i)
                """);
            Write(db, "mart_customer_segments", $"""
                SELECT key(1, i) AS customer_id, CASE i WHEN 0 THEN '100%_\Name' ELSE 'Name ' || i END AS name, 'c' || i || '@example.test' AS email, region_of(i) AS region, TIMESTAMP '2025-01-01' + to_days((i * 30)::INT) AS created_at,
                  5::BIGINT AS total_orders, 1::BIGINT AS completed_orders, 1::BIGINT AS cancelled_orders, (100 + i)::DECIMAL(18,2) AS total_revenue, ((100 + i) / 4)::DECIMAL(18,4) AS average_order_value,
                  TIMESTAMP '2026-01-01' AS first_order, TIMESTAMP '2026-03-01' AS last_order, 20::INT AS days_since_last_order, ['vip', 'loyal'][(i % 2 + 1)::INT] AS segment, 'low' AS churn_risk
                FROM range({CustomerCount}) t(i)
                """);
            Write(db, "mart_product_analytics", $"""
                SELECT key(2, i) AS product_id, 'Product ' || i AS name, ['Books', 'Electronics'][(i % 2 + 1)::INT] AS category, 1.50::DECIMAL(12,2) AS current_price, 30::BIGINT AS order_count,
                  60::BIGINT AS units_sold, 82.50::DECIMAL(18,2) AS revenue, 1.375::DECIMAL(18,4) AS average_selling_price, NULL::TIMESTAMP AS first_sale, NULL::TIMESTAMP AS last_sale,
                  i::BIGINT AS revenue_rank, i::BIGINT AS category_revenue_rank, 'average' AS performance_tier
                FROM range({ProductCount}) t(i)
                """);
        }
        _cube = await RunningCube.StartAsync(_model, _data);
        await _cube.WhenReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await _cube.DisposeAsync();
        Directory.Delete(_data, true);
    }

    [Fact]
    public async Task Every_measure_answers_by_every_dimension_that_it_can_be_joined_with()
    {
        var model = ModelFolder.Read(_model);
        var asked = 0;
        // Those with an access policy answer this token nothing: AccessCheck's tests.
        var open = model.Cubes.Where(cube => cube.Policies.Count == 0).ToList();
        foreach (var measure in open.SelectMany(cube => cube.Measures))
        {
            foreach (var dimension in open.SelectMany(cube => cube.Dimensions).Where(dimension => dimension.IsPublic))
            {
                if (model.Joins.Find([[measure.Cube], [dimension.Cube]]) is null) continue;
                var by = dimension.Type == DimensionType.Time
                    ? $"\"timeDimensions\":[{{\"dimension\":\"{dimension.FullName}\",\"granularity\":\"month\"}}]"
                    : $"\"dimensions\":[\"{dimension.FullName}\"]";
                Assert.NotEmpty(await _cube.RowsAsync($$"""{"measures":["{{measure.FullName}}"],{{by}}}"""));
                asked++;
            }
        }
        Assert.True(asked > 300, $"only {asked} combinations");
    }

    [Fact]
    public async Task Revenue_is_not_multiplied_by_items()
    {
        var total = OrderCount * (OrderCount - 1) / 2 * 1.10;
        Assert.Equal(total, Number((await _cube.RowsAsync("""{"measures":["Orders.total_revenue"]}"""))[0]!["Orders.total_revenue"]), 2);
        var rows = await _cube.RowsAsync("""{"measures":["Orders.total_revenue","OrderItems.quantity","Orders.average_order_value"],"dimensions":["Orders.status"]}""");
        Assert.Equal(total, rows.Sum(row => Number(row!["Orders.total_revenue"])), 2);
        Assert.Equal(2 * OrderCount * ItemsPerOrder, rows.Sum(row => Number(row!["OrderItems.quantity"])));
        Assert.Equal("20", (await _cube.RowsAsync("""{"measures":["Orders.completed_count"]}"""))[0]!["Orders.completed_count"]!.GetValue<string>());
    }

    [Fact]
    public async Task Items_find_their_customers()
    {
        var rows = await _cube.RowsAsync("""{"measures":["OrderItems.quantity"],"dimensions":["Customers.segment","Products.category"]}""");
        Assert.Equal(2 * OrderCount * ItemsPerOrder, rows.Sum(row => Number(row!["OrderItems.quantity"])));
        Assert.DoesNotContain(rows, row => row!["Customers.segment"] is null);
    }

    [Fact]
    public async Task Averages_come_from_sums_and_counts()
    {
        var row = (await _cube.RowsAsync("""{"measures":["Customers.average_order_value","Customers.lifetime_value","Customers.order_count"]}"""))[0]!;
        Assert.Equal(Number(row["Customers.lifetime_value"]) / (CustomerCount * 4), Number(row["Customers.average_order_value"]), 9);
        Assert.Equal(1.375, Number((await _cube.RowsAsync("""{"measures":["Products.average_price"]}"""))[0]!["Products.average_price"]), 9);
    }

    [Fact]
    public async Task Keys_are_text_and_can_be_filtered_by()
    {
        const string Key = "00000000-0000-0000-0003-000000000007";
        var rows = await _cube.RowsAsync($$"""{"dimensions":["Orders.id","Orders.status"],"filters":[{"member":"Orders.id","operator":"equals","values":["{{Key}}"]}]}""");
        Assert.Equal(Key, Assert.Single(rows)!["Orders.id"]!.GetValue<string>());
        Assert.Empty(await _cube.RowsAsync("""{"dimensions":["Orders.id"],"filters":[{"member":"Orders.id","operator":"equals","values":["not a key"]}]}"""));
    }

    [Theory]
    [InlineData("%", 1)]
    [InlineData("0%_", 1)]
    [InlineData("_\\\\n", 1)]
    [InlineData("e_", 0)]
    [InlineData("NAME 1", 11)]
    public async Task Wildcards_in_a_value_stand_for_themselves(string value, int expected)
    {
        var rows = await _cube.RowsAsync($$"""{"measures":["Customers.count"],"filters":[{"member":"Customers.name","operator":"contains","values":["{{value}}"]}]}""");
        Assert.Equal($"{expected}", rows[0]!["Customers.count"]!.GetValue<string>());
    }

    [Fact]
    public async Task Personal_data_is_marked()
    {
        var (status, meta) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.Valid);
        Assert.Equal(HttpStatusCode.OK, status);
        var marked = meta!["cubes"]!.AsArray().SelectMany(cube => cube!["dimensions"]!.AsArray()).Where(dimension => dimension!["meta"]?["classification"]?.GetValue<string>() == "pii");
        Assert.Equal(["Customers.name", "Customers.email"], marked.Select(dimension => dimension!["name"]!.GetValue<string>()));
    }

    private static double Number(JsonNode? node) => double.Parse(node!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private void Write(DuckDBConnection db, string table, string select) =>
        Execute(db, $"COPY ({select}) TO '{Path.Combine(_data, table + ".parquet")}' (FORMAT parquet)");

    private static void Execute(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
