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
        var trace = NewTrace();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs/generate_orders/runs") { Content = new StringContent("""{"orders":3}""", new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("traceparent", $"00-{trace}-{Client}-01");
        using var response = await floe.SeedWorker.SendAsync(request);
        var asked = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(trace, (string?)asked["traceId"]);

        var spans = await TraceAsync(trace, all => all.Any(s => s.Name == "cube.refresh.rollups") && all.Any(s => s.Name == "run generate_orders"), "the run with the refresh that follows it");
        var run = Assert.Single(spans, s => s.Name == "run generate_orders");
        Assert.Equal((string)asked["id"]!, run.Attributes["floe.pipeline.run_id"]);
        Assert.Equal("api", run.Attributes["floe.pipeline.trigger"]);
        AssertPath(spans, ("seedworker", "POST /api/jobs/{job}/runs"), ("seedworker", "run generate_orders"));
        foreach (var step in new[] { "generate", "commit", "transform" })
            AssertPath(spans, ("seedworker", "run generate_orders"), ("seedworker", step));
        AssertPath(spans, ("seedworker", "generate"), ("seedworker", "parquet.write"), ("seedworker", "PUT"), ("minio", "PUT /{bucket}/{key}"));
        AssertPath(spans, ("seedworker", "commit"), ("seedworker", "iceberg.commit"), ("seedworker", "POST"), ("polaris", "POST /api/catalog/v1/{prefix}/transactions/commit"));
        AssertPath(spans, ("seedworker", "transform"), ("seedworker", "build"), ("seedworker", "dbt.int_orders_enriched"));
        AssertPath(spans, ("seedworker", "transform"), ("seedworker", "land"), ("seedworker", "iceberg.commit"));
        AssertPath(spans, ("seedworker", "run generate_orders"), ("cubeproxy", "cube.refresh"), ("cubeproxy", "cube.refresh.table"));

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

        var spans = await TraceAsync(rest, all => all.Count(s => s.Name == "POST /cubejs-api/v1/load") == 2, "both requests");
        Assert.All(spans.Where(s => s.Name == "POST /cubejs-api/v1/load"), s => Assert.Equal(Client, s.ParentId));
        AssertPath(spans, ("cubeproxy", "POST /cubejs-api/v1/load"), ("cubeproxy", "cube.load"), ("cubeproxy", "cube.plan"));
        AssertPath(spans, ("cubeproxy", "cube.load"), ("cubeproxy", "cube.query"));
        Assert.Equal(["hit", "miss"], spans.Where(s => s.Name == "cube.load").Select(s => s.Attributes["cube.cache"]).Order());
        var query = Assert.Single(spans, s => s.Name == "cube.query");
        Assert.Equal(("Orders", "1", "1", "1", "4"), (query.Attributes["cube.name"], query.Attributes["cube.measures_count"], query.Attributes["cube.dimensions_count"], query.Attributes["cube.filter_count"], query.Attributes["cube.row_count"]));

        spans = await TraceAsync(sql, all => all.Any(s => s.Name == "cube.sql"), "the statement");
        Assert.Equal(Client, spans.Single(s => s.Name == "cube.sql").ParentId);
        AssertPath(spans, ("cubeproxy", "cube.sql"), ("cubeproxy", "cube.plan"));
        AssertPath(spans, ("cubeproxy", "cube.sql"), ("cubeproxy", "cube.query"));
    }

    private static string NewTrace() => Guid.NewGuid().ToString("N");

    private Task<List<OtlpSpan>> TraceAsync(string trace, Func<List<OtlpSpan>, bool> isWhole, string what) =>
        FloeStackFixture.EventuallyAsync(() => Task.FromResult(floe.Telemetry.Spans.Where(s => s.TraceId == trace).ToList()), isWhole, what);

    /// <summary>There are spans of these names, each the child of the one before it.</summary>
    private static void AssertPath(List<OtlpSpan> spans, params (string Service, string Name)[] path)
    {
        var parents = spans.Where(s => (s.Service, s.Name) == path[0]).Select(s => s.SpanId).ToHashSet();
        foreach (var step in path.Skip(1))
        {
            parents = spans.Where(s => (s.Service, s.Name) == step && parents.Contains(s.ParentId)).Select(s => s.SpanId).ToHashSet();
            Assert.True(parents.Count > 0, $"There is no {step} below {string.Join(" > ", path.TakeWhile(p => p != step))}; there are:\n{string.Join('\n', spans.Select(s => $"{s.SpanId} < {s.ParentId}  {s}").Distinct())}");
        }
    }
}
