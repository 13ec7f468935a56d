using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Floe.Tests.Telemetry;
using Npgsql;

namespace Floe.Tests.EndToEnd;

/// <summary>What the stack's services really export: whole traces.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class TraceTests(FloeStackFixture floe)
{
    private const string Client = "00f067aa0ba902b7";

    [Fact]
    public async Task A_request_for_a_run_and_all_that_follows_up_to_the_query_engine_is_one_trace()
    {
        // What another test's run committed would be loaded in this one's trace.
        await floe.SettleAsync();
        var trace = NewTrace();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs/generate_orders/runs") { Content = new StringContent("""{"orders":3}""", new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("traceparent", $"00-{trace}-{Client}-01");
        using var response = await floe.SeedWorker.SendAsync(request);
        var asked = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(trace, (string?)asked["traceId"]);

        // Every service sends its spans when it gets round to it, and each span when it has ended.
        var spans = await TraceAsync(
            trace,
            [("seedworker", "POST /api/jobs/{job}/runs"), ("seedworker", "run generate_orders")],
            [("seedworker", "run generate_orders"), ("seedworker", "generate")],
            [("seedworker", "run generate_orders"), ("seedworker", "commit")],
            [("seedworker", "run generate_orders"), ("seedworker", "transform")],
            [("seedworker", "generate"), ("seedworker", "parquet.write"), ("seedworker", "PUT"), ("minio", "PUT /{bucket}/{key}")],
            [("seedworker", "commit"), ("seedworker", "iceberg.commit"), ("seedworker", "POST"), ("polaris", "POST /api/catalog/v1/{prefix}/transactions/commit")],
            [("seedworker", "transform"), ("seedworker", "build"), ("seedworker", "dbt.int_orders_enriched")],
            [("seedworker", "transform"), ("seedworker", "land"), ("seedworker", "iceberg.commit")],
            [("seedworker", "run generate_orders"), ("cubeproxy", "cube.refresh"), ("cubeproxy", "cube.refresh.table")],
            [("cubeproxy", "cube.refresh"), ("cubeproxy", "cube.refresh.rollups")]);
        var run = Assert.Single(spans, s => s.Name == "run generate_orders");
        Assert.Equal((string)asked["id"]!, run.Attributes["floe.pipeline.run_id"]);
        Assert.Equal("api", run.Attributes["floe.pipeline.trigger"]);

        var written = spans.First(s => s.Name == "parquet.write" && s.Attributes["floe.table"] == "bronze.orders");
        Assert.NotEqual("0", written.Attributes["floe.rows"]);
        Assert.NotEqual("0", written.Attributes["floe.bytes"]);
        // The snapshot that the worker committed is the one that the engine loaded.
        var committed = spans.Where(s => s.Name == "iceberg.commit").SelectMany(s => s.Attributes["floe.table"].Split(',').Zip(s.Attributes["floe.snapshot_id"].Split(','))).ToList();
        var loaded = spans.Where(s => s.Name == "cube.refresh.table").Select(s => (s.Attributes["floe.table"], s.Attributes["floe.snapshot_id"])).ToList();
        Assert.NotEmpty(loaded);
        Assert.Subset(committed.ToHashSet(), loaded.ToHashSet());
        Assert.DoesNotContain(spans, s => s.Error is not null);
        // The second receiver gets the very spans of worker and CubeProxy.
        var ours = spans.Where(s => s.Service is "seedworker" or "cubeproxy").Select(s => s.SpanId).ToHashSet();
        await FloeStackFixture.EventuallyAsync(() => Task.FromResult(floe.SecondReceiver.Spans.Where(s => s.TraceId == trace).Select(s => s.SpanId).ToHashSet()), there => there.IsSupersetOf(ours), "the same trace at the second receiver");
        Assert.Equal(["cubeproxy", "seedworker"], floe.SecondReceiver.Spans.Where(s => s.TraceId == trace).Select(s => s.Service).Distinct().Order());
    }

    [Fact]
    public async Task A_query_is_one_trace_from_the_client_to_the_engine_over_rest_and_sql()
    {
        var (rest, sql) = (NewTrace(), NewTrace());
        // An answer is kept until there is new data, which another test's run would bring between the two requests.
        await floe.SettleAsync();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/cubejs-api/v1/load") { Content = new StringContent("""{"query":{"measures":["Orders.count"],"dimensions":["Orders.region"],"filters":[{"member":"Orders.count","operator":"gt","values":["1"]}]}}""", new MediaTypeHeaderValue("application/json")) };
            request.Headers.Add("traceparent", $"00-{rest}-{Client}-01");
            using var response = await floe.CubeProxy.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        await using (var connection = await floe.ConnectSqlAsync())
        await using (var command = new NpgsqlCommand($"SELECT region, count(*) FROM Orders GROUP BY 1 HAVING count(*) > 2 /*traceparent='00-{sql}-{Client}-01'*/", connection))
            await command.ExecuteScalarAsync();

        var spans = await FloeStackFixture.EventuallyAsync(() => Task.FromResult(Spans(rest)), all => all.Count(s => s.Name == "POST /cubejs-api/v1/load") == 2, "both requests");
        Assert.All(spans.Where(s => s.Name == "POST /cubejs-api/v1/load"), s => Assert.Equal(Client, s.ParentId));
        spans = await TraceAsync(
            rest, [("cubeproxy", "POST /cubejs-api/v1/load"), ("cubeproxy", "cube.load"), ("cubeproxy", "cube.plan")], [("cubeproxy", "cube.load"), ("cubeproxy", "cube.query")]);
        Assert.Equal(["hit", "miss"], spans.Where(s => s.Name == "cube.load").Select(s => s.Attributes["cube.cache"]).Order());
        var query = Assert.Single(spans, s => s.Name == "cube.query");
        Assert.Equal(("Orders", "1", "1", "1", "4"), (query.Attributes["cube.name"], query.Attributes["cube.measures_count"], query.Attributes["cube.dimensions_count"], query.Attributes["cube.filter_count"], query.Attributes["cube.row_count"]));

        spans = await TraceAsync(sql, [("cubeproxy", "cube.sql"), ("cubeproxy", "cube.plan")], [("cubeproxy", "cube.sql"), ("cubeproxy", "cube.query")]);
        Assert.Equal(Client, spans.Single(s => s.Name == "cube.sql").ParentId);
    }

    private static string NewTrace() => Guid.NewGuid().ToString("N");

    private List<OtlpSpan> Spans(string trace) => [.. floe.Telemetry.Spans.Where(s => s.TraceId == trace)];

    /// <summary>The spans of a trace when each of the paths is in it: spans of these names, each the child of the one before it.</summary>
    private async Task<List<OtlpSpan>> TraceAsync(string trace, params (string Service, string Name)[][] paths)
    {
        List<OtlpSpan> spans = [];
        await FloeStackFixture.EventuallyAsync(
            () =>
            {
                spans = Spans(trace);
                return Task.FromResult((string[])[.. paths.Where(path => !Has(spans, path)).Select(path => string.Join(" > ", path)), .. spans.Select(s => $"{s.SpanId} < {s.ParentId}  {s}")]);
            },
            _ => paths.All(path => Has(spans, path)), $"a trace with {string.Join(", ", paths.Select(path => path[^1]))}");
        return spans;
    }

    private static bool Has(List<OtlpSpan> spans, (string Service, string Name)[] path)
    {
        var parents = spans.Where(s => (s.Service, s.Name) == path[0]).Select(s => s.SpanId).ToHashSet();
        foreach (var step in path.Skip(1))
            parents = spans.Where(s => (s.Service, s.Name) == step && parents.Contains(s.ParentId)).Select(s => s.SpanId).ToHashSet();
        return parents.Count > 0;
    }
}
