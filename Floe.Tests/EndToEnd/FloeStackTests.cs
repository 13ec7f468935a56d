using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.Tests.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.EndToEnd;

/// <summary>The street from end to end on the running stack; every number is compared with one that Floe's code did not compute.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class FloeStackTests(FloeStackFixture floe)
{
    private const string RevenueByStatus = """{"measures":["Orders.count","Orders.total_revenue"],"dimensions":["Orders.status"]}""";

    [Fact]
    public async Task Every_resource_is_where_it_should_be()
    {
        foreach (var name in new[] { "postgres", "minio", "polaris", "seedworker", "cubeproxy", "marquez" })
            Assert.Equal(KnownResourceStates.Running, (await StateAsync(name)).State?.Text);
        foreach (var name in new[] { "jaeger", "cube" })
        {
            var state = await StateAsync(name);
            Assert.Equal(KnownResourceStates.NotStarted, state.State?.Text);
            Assert.Contains(state.Properties, property => property.Name == "Why");
        }
    }

    [Fact]
    public async Task Numbers_of_the_api_are_those_that_an_independent_iceberg_reader_computes_from_the_raw_tables()
    {
        var raw = await IcebergTotalsAsync();
        Assert.Equal(0, (int)raw["ordersWhoseTotalIsNotTheSumOfTheirLines"]!);
        Assert.Equal((string?)raw["orderCents"], (string?)raw["itemCents"]);
        Assert.Equal(1_000, (int)raw["counts"]!["customers"]!);
        Assert.Equal(500, (int)raw["counts"]!["products"]!);
        // Other tests may have added batches; never fewer than the seed.
        Assert.InRange((int)raw["counts"]!["orders"]!, 5_000, int.MaxValue);
        Assert.InRange((int)raw["counts"]!["order_items"]!, 15_000, int.MaxValue);

        var answered = (await floe.LoadAsync(RevenueByStatus)).ToDictionary(
            row => (string)row!["Orders.status"]!,
            row => (Count: int.Parse((string)row!["Orders.count"]!, CultureInfo.InvariantCulture), Cents: Cents((string)row["Orders.total_revenue"]!)));
        var computed = raw["byStatus"]!.AsObject().ToDictionary(
            status => status.Key,
            status => (Count: (int)status.Value!["count"]!, Cents: long.Parse((string)status.Value["cents"]!, CultureInfo.InvariantCulture)));
        Assert.Equal(computed.OrderBy(s => s.Key), answered.OrderBy(s => s.Key));
    }

    [Fact]
    public async Task The_official_cube_client_gets_the_answer()
    {
        var answer = JsonNode.Parse(await NodeScript.RunAsync("EndToEnd/cube-client.mjs", new Dictionary<string, string?>
        {
            ["CUBEPROXY"] = floe.App.GetEndpoint("cubeproxy", "http").ToString().TrimEnd('/'),
            ["TOKEN"] = floe.Token,
        }))!;
        Assert.Superset(new HashSet<string?> { "Orders", "Customers", "Products" }, answer["cubes"]!.AsArray().Select(c => (string?)c).ToHashSet());
        Assert.Equal(["Orders.status", "Orders.count", "Orders.total_revenue"], answer["columns"]!.AsArray().Select(c => (string?)c));
        var rows = answer["rows"]!.AsArray();
        Assert.Equal(5, rows.Count);
        Assert.InRange(rows.Sum(row => decimal.Parse(row!["Orders.count"]!.ToString(), CultureInfo.InvariantCulture)), 5_000, decimal.MaxValue);
    }

    [Fact]
    public async Task The_same_numbers_come_in_sql()
    {
        var expected = (await floe.LoadAsync("""{"measures":["Orders.count"],"dimensions":["Orders.status"],"order":{"Orders.status":"asc"}}""")).Select(row => $"{row!["Orders.status"]} {row["Orders.count"]}");
        await using var sql = await floe.ConnectSqlAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT status || ' ' || count(*)::text FROM Orders GROUP BY status ORDER BY status", sql);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync()) found.Add(reader.GetString(0));
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task A_generated_batch_reaches_the_answer()
    {
        var before = await CountAsync();
        var run = await floe.SeedWorker.PostAsync("/api/jobs/generate_orders/runs", new StringContent("""{"orders":7}""", new MediaTypeHeaderValue("application/json")));
        Assert.Equal(HttpStatusCode.Accepted, run.StatusCode);
        await FloeStackFixture.EventuallyAsync(CountAsync, count => count == before + 7, $"a count of {before + 7} orders");
        var finished = await FloeStackFixture.EventuallyAsync(
            async () => (string?)JsonNode.Parse(await floe.SeedWorker.GetStringAsync(run.Headers.Location))!["state"], state => state is "completed" or "failed", "the end of the run");
        Assert.Equal("completed", finished);
    }

    [Fact]
    public async Task Lineage_leads_from_a_raw_table_to_a_cube()
    {
        using var marquez = floe.App.CreateHttpClient("marquez", "http");
        var graph = await FloeStackFixture.EventuallyAsync(
            async () =>
            {
                using var answer = await marquez.GetAsync("/api/v1/lineage?nodeId=dataset:lakehouse:bronze.orders&depth=100");
                return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["graph"]!.AsArray().Select(node => (string)node!["id"]!).ToList() : [];
            },
            nodes => nodes.Contains("dataset:cube:Orders"), "a lineage graph with the cube Orders");
        Assert.Contains("job:floe:dbt.int_orders_enriched", graph);
        Assert.Contains("job:floe:cube.Orders", graph);
    }

    [Theory]
    [InlineData(null, "Authorization header isn't set")]
    [InlineData("not-a-token", "Invalid token")]
    public async Task A_missing_or_wrong_token_gets_cubes_403(string? token, string error)
    {
        using var http = floe.App.CreateHttpClient("cubeproxy", "http");
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(token);
        using var response = await http.GetAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString(RevenueByStatus)}");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(error, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [Fact]
    public async Task An_unknown_member_gets_cubes_400()
    {
        using var response = await floe.CubeProxy.GetAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString("""{"measures":["Orders.nope"]}""")}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("'nope' not found for path 'Orders.nope'", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [Fact]
    public async Task The_dashboard_has_a_trace_from_the_workers_run_to_the_storage_calls()
    {
        var spans = await FloeStackFixture.EventuallyAsync(RunTraceAsync, trace => trace is not null, "a trace with the worker's run, the store and the catalog");
        Assert.NotNull(spans);
    }

    [Fact]
    public async Task Every_resource_sends_its_metrics_and_logs_to_the_dashboard()
    {
        using var http = Dashboard();
        var resources = await FloeStackFixture.EventuallyAsync(
            async () => JsonNode.Parse(await http.GetStringAsync("/api/telemetry/resources"))!.AsArray()
                .Where(resource => (bool)resource!["hasMetrics"]! && (bool)resource["hasLogs"]!).Select(resource => (string)resource!["name"]!).Order().ToArray(),
            names => names.Length == 6, "metrics and logs of six resources");
        Assert.Equal(["cubeproxy", "marquez", "minio", "polaris", "postgres", "seedworker"], resources);

        // From its first line on, though it starts beside the dashboard.
        var logs = await http.GetStringAsync("/api/telemetry/logs?resource=postgres&limit=1000");
        Assert.Contains("database system is ready to accept connections", logs, StringComparison.Ordinal);
    }

    /// <summary>Services of one trace that starts with a run of the worker and reaches store and catalog; null while there is none.</summary>
    private async Task<string[]?> RunTraceAsync()
    {
        using var http = Dashboard();
        var roots = Spans(JsonNode.Parse(await http.GetStringAsync("/api/telemetry/spans?resource=seedworker&limit=1000"))!)
            .Where(span => ((string?)span.Span["name"])?.StartsWith("run ", StringComparison.Ordinal) is true)
            .Select(span => (string)span.Span["traceId"]!).Distinct();
        foreach (var trace in roots)
        {
            var services = Spans(JsonNode.Parse(await http.GetStringAsync($"/api/telemetry/traces/{trace}"))!).Select(span => span.Service).Distinct().Order().ToArray();
            if (services.Contains("minio") && services.Contains("polaris") && services.Contains("seedworker"))
                return services;
        }
        return null;
    }

    private HttpClient Dashboard()
    {
        var http = new HttpClient { BaseAddress = floe.DashboardUrl };
        http.DefaultRequestHeaders.Add("x-api-key", floe.Configuration["AppHost:DashboardApiKey"]);
        return http;
    }

    /// <summary>Walks OTLP JSON wherever it is wrapped.</summary>
    private static IEnumerable<(string Service, JsonNode Span)> Spans(JsonNode node)
    {
        switch (node)
        {
            case JsonObject { } resourceSpans when resourceSpans["scopeSpans"] is JsonArray scopes:
                var service = (string?)resourceSpans["resource"]?["attributes"]?.AsArray().FirstOrDefault(a => (string?)a!["key"] == "service.name")?["value"]?["stringValue"] ?? "";
                return scopes.SelectMany(scope => scope!["spans"]!.AsArray()).Select(span => (service, span!));
            case JsonObject o:
                return o.Where(p => p.Value is not null).SelectMany(p => Spans(p.Value!));
            case JsonArray a:
                return a.Where(item => item is not null).SelectMany(item => Spans(item!));
            default:
                return [];
        }
    }

    private async Task<JsonNode> IcebergTotalsAsync() => JsonNode.Parse(await NodeScript.RunAsync("EndToEnd/iceberg-totals.mjs", new Dictionary<string, string?>
    {
        ["S3"] = (await floe.App.GetConnectionStringAsync("minio"))!,
        ["LAKEHOUSE"] = (await floe.App.GetConnectionStringAsync("lakehouse-reader"))!,
    }))!;

    private async Task<int> CountAsync() =>
        int.Parse((string)(await floe.LoadAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"]!, CultureInfo.InvariantCulture);

    private async Task<CustomResourceSnapshot> StateAsync(string name) =>
        (await floe.Resources.WaitForResourceAsync(name, _ => true)).Snapshot;

    private static long Cents(string amount) => (long)(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100);
}
