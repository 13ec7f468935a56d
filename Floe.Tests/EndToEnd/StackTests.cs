using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.Tests.Clients;

namespace Floe.Tests.EndToEnd;

/// <summary>
/// The street from end to end on a running stack, wherever its services come from; every number is compared with one that Floe's code did not compute.
/// </summary>
public abstract class StackTests<T>
    where T : FloeStackFixture
{
    protected StackTests(T stack)
    {
        Skip.If(stack.Missing is not null, $"SKIPPED: {stack.Missing}");
        Stack = stack;
    }

    protected T Stack { get; }

    private const string RevenueByStatus = """{"measures":["Orders.count","Orders.total_revenue"],"dimensions":["Orders.status"]}""";

    [SkippableFact]
    public async Task Numbers_of_the_api_are_those_that_an_independent_iceberg_reader_computes_from_the_raw_tables()
    {
        await Stack.SettleAsync();
        var raw = await IcebergTotalsAsync();
        AssertWhole(raw);
        var expected = Text(raw["byStatus"]!.AsObject().Select(status =>
            (status.Key, (int)status.Value!["count"]!, long.Parse((string)status.Value["cents"]!, CultureInfo.InvariantCulture))));
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Text((await Stack.LoadAsync(RevenueByStatus)).Select(row =>
            ((string)row!["Orders.status"]!, int.Parse((string)row["Orders.count"]!, CultureInfo.InvariantCulture), Cents((string)row["Orders.total_revenue"]!)))));

        static string Text(IEnumerable<(string Status, int Count, long Cents)> rows) =>
            string.Join("; ", rows.OrderBy(row => row.Status, StringComparer.Ordinal).Select(row => $"{row.Status} {row.Count} {row.Cents}"));

        static void AssertWhole(JsonNode raw)
        {
            Assert.Equal(0, (int)raw["ordersWhoseTotalIsNotTheSumOfTheirLines"]!);
            Assert.Equal((string?)raw["orderCents"], (string?)raw["itemCents"]);
            Assert.Equal(1_000, (int)raw["counts"]!["customers"]!);
            Assert.Equal(500, (int)raw["counts"]!["products"]!);
            // Other tests may have added batches; never fewer than the seed.
            Assert.InRange((int)raw["counts"]!["orders"]!, 5_000, int.MaxValue);
            Assert.InRange((int)raw["counts"]!["order_items"]!, 15_000, int.MaxValue);
        }
    }

    [SkippableFact]
    public async Task The_official_cube_client_gets_the_answer()
    {
        var answer = JsonNode.Parse(await NodeScript.RunAsync("EndToEnd/cube-client.mjs", new Dictionary<string, string?>
        {
            ["CUBEPROXY"] = Stack.App.GetEndpoint("cubeproxy", "http").ToString().TrimEnd('/'),
            ["TOKEN"] = Stack.Token,
        }))!;
        Assert.Superset(new HashSet<string?> { "Orders", "Customers", "Products" }, answer["cubes"]!.AsArray().Select(c => (string?)c).ToHashSet());
        Assert.Equal(["Orders.status", "Orders.count", "Orders.total_revenue"], answer["columns"]!.AsArray().Select(c => (string?)c));
        var rows = answer["rows"]!.AsArray();
        Assert.Equal(5, rows.Count);
        Assert.InRange(rows.Sum(row => decimal.Parse(row!["Orders.count"]!.ToString(), CultureInfo.InvariantCulture)), 5_000, decimal.MaxValue);
    }

    [SkippableFact]
    public async Task The_same_numbers_come_in_sql()
    {
        await Stack.SettleAsync();
        var expected = (await Stack.LoadAsync("""{"measures":["Orders.count"],"dimensions":["Orders.status"],"order":{"Orders.status":"asc"}}""")).Select(row => $"{row!["Orders.status"]} {row["Orders.count"]}");
        await using var sql = await Stack.ConnectSqlAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT status || ' ' || count(*)::text FROM Orders GROUP BY status ORDER BY status", sql);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync()) found.Add(reader.GetString(0));
        Assert.Equal(expected, found);
    }

    [SkippableFact]
    public async Task A_generated_batch_reaches_the_answer()
    {
        await Stack.SettleAsync();
        var before = await CountAsync();
        var run = await Stack.SeedWorker.PostAsync("/api/jobs/generate_orders/runs", new StringContent("""{"orders":7}""", new MediaTypeHeaderValue("application/json")));
        Assert.Equal(HttpStatusCode.Accepted, run.StatusCode);
        await FloeStackFixture.EventuallyAsync(CountAsync, count => count == before + 7, $"a count of {before + 7} orders");
        var finished = await FloeStackFixture.EventuallyAsync(
            async () => (string?)JsonNode.Parse(await Stack.SeedWorker.GetStringAsync(run.Headers.Location))!["state"], state => state is "completed" or "failed", "the end of the run");
        Assert.Equal("completed", finished);
    }

    [SkippableFact]
    public async Task Lineage_leads_from_a_raw_table_to_its_readers()
    {
        string[] wanted = ["job:floe:dbt.int_orders_enriched", "dataset:lakehouse:silver.int_orders_enriched", "job:floe:cube.Orders", "dataset:cube:Orders"];
        using var marquez = Stack.App.CreateHttpClient("marquez", "http");
        await FloeStackFixture.EventuallyAsync(
            async () =>
            {
                using var answer = await marquez.GetAsync("/api/v1/lineage?nodeId=dataset:lakehouse:bronze.orders&depth=100");
                return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["graph"]!.AsArray().Select(node => (string)node!["id"]!).ToList() : [];
            },
            nodes => wanted.All(nodes.Contains), $"a lineage graph with {string.Join(", ", wanted)}");
    }

    [SkippableTheory]
    [InlineData(null, "Authorization header isn't set")]
    [InlineData("not-a-token", "Invalid token")]
    public async Task A_missing_or_wrong_token_gets_cubes_403(string? token, string error)
    {
        using var http = Stack.App.CreateHttpClient("cubeproxy", "http");
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(token);
        using var response = await http.GetAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString(RevenueByStatus)}");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(error, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [SkippableFact]
    public async Task An_unknown_member_gets_cubes_400()
    {
        using var response = await Stack.CubeProxy.GetAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString("""{"measures":["Orders.nope"]}""")}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("'nope' not found for path 'Orders.nope'", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    private async Task<JsonNode> IcebergTotalsAsync() => JsonNode.Parse(await NodeScript.RunAsync("EndToEnd/iceberg-totals.mjs", new Dictionary<string, string?>
    {
        ["S3"] = (await Stack.App.GetConnectionStringAsync("minio"))!,
        ["LAKEHOUSE"] = (await Stack.App.GetConnectionStringAsync("lakehouse-reader"))!,
    }))!;

    private async Task<int> CountAsync() =>
        int.Parse((string)(await Stack.LoadAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"]!, CultureInfo.InvariantCulture);

    protected async Task<CustomResourceSnapshot> StateAsync(string name) =>
        (await Stack.Resources.WaitForResourceAsync(name, _ => true)).Snapshot;

    private static long Cents(string amount) => (long)(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100);
}
