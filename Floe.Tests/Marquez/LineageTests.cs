using System.Text.Json.Nodes;
using static Floe.Tests.Marquez.OpenLineage;

namespace Floe.Tests.Marquez;

/// <summary>What comes out of the lineage server after what went in: a small shop's graph of three jobs.</summary>
public sealed class LineageTests(MarquezFixture fixture) : IClassFixture<MarquezFixture>
{
    private static readonly string s_lake = Uri.EscapeDataString(Lake);
    private static readonly Guid s_load = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid s_enrich = Guid.Parse("22222222-2222-4222-8222-222222222222");
    private static readonly Guid s_mart = Guid.Parse("33333333-3333-4333-8333-333333333333");

    /// <summary>load -> bronze.orders -> enrich -> silver.orders -> mart -> gold.revenue; the last one fails.</summary>
    internal static JsonObject[] Shop() =>
    [
        Run("START", "2026-11-21T00:00:00Z", s_load, "load", [], [Dataset("bronze.orders")]),
        Run("COMPLETE", "2026-11-21T00:00:02Z", s_load, "load", [], [Dataset("bronze.orders", Schema(("id", "uuid"), ("total", "decimal(14,2)")))]),
        Run("START", "2026-11-21T00:00:03Z", s_enrich, "enrich", [Dataset("bronze.orders")], []),
        Run("COMPLETE", "2026-11-21T00:00:04.5Z", s_enrich, "enrich", [Dataset("bronze.orders")],
            [Dataset("silver.orders", Schema(("order_id", "uuid"), ("amount", "decimal(14,2)")), Columns("order_id: bronze.orders.id", "amount: bronze.orders.total"))],
            jobFacets: new() { ["documentation"] = Facet("DocumentationJobFacet", "1-1-0", new() { ["description"] = "One row per order" }) }),
        Run("START", "2026-11-21T00:00:05Z", s_mart, "mart", [Dataset("silver.orders")],
            [Dataset("gold.revenue", Schema(("revenue", "decimal(18,2)")), Columns("revenue: silver.orders.amount"))]),
        Run("FAIL", "2026-11-21T00:00:06Z", s_mart, "mart", [], [],
            runFacets: new() { ["errorMessage"] = Facet("ErrorMessageRunFacet", "1-0-1", new() { ["message"] = "no space", ["programmingLanguage"] = "C#" }) }),
    ];

    [Fact]
    public async Task Jobs_and_runs_tell_states_times_and_datasets()
    {
        var api = await fixture.StartAsync();
        await api.EmitAsync(Shop());

        Assert.Equal(["floe", Lake], (await api.GetAsync("namespaces"))["namespaces"]!.AsArray().Select(n => (string)n!["name"]!));
        var jobs = await api.GetAsync("namespaces/floe/jobs");
        Assert.Equal(3, (int)jobs["totalCount"]!);
        Assert.Equal(["mart", "enrich", "load"], jobs["jobs"]!.AsArray().Select(job => (string)job!["name"]!));
        Assert.Equal(["mart"], (await api.GetAsync("jobs?lastRunStates=FAILED"))["jobs"]!.AsArray().Select(job => (string)job!["name"]!));

        var enrich = await api.GetAsync("namespaces/floe/jobs/enrich");
        Assert.Equal("One row per order", (string)enrich["description"]!);
        Assert.Equal("bronze.orders", (string)Assert.Single(enrich["inputs"]!.AsArray())!["name"]!);
        Assert.Equal("silver.orders", (string)Assert.Single(enrich["outputs"]!.AsArray())!["name"]!);
        Assert.Equal(("COMPLETED", 1500), ((string)enrich["latestRun"]!["state"]!, (int)enrich["latestRun"]!["durationMs"]!));

        var runs = await api.GetAsync("namespaces/floe/jobs/mart/runs");
        var run = Assert.Single(runs["runs"]!.AsArray())!;
        Assert.Equal((s_mart.ToString(), "FAILED", "2026-11-21T00:00:05Z", "2026-11-21T00:00:06Z"), ((string)run["id"]!, (string)run["state"]!, (string)run["startedAt"]!, (string)run["endedAt"]!));
        Assert.Equal("no space", (string)(await api.GetAsync($"jobs/runs/{s_mart}/facets?type=run"))["facets"]!["errorMessage"]!["message"]!);
        Assert.Equal(run.ToJsonString(), (await api.GetAsync($"jobs/runs/{s_mart}")).ToJsonString());
    }

    [Fact]
    public async Task A_dataset_has_a_version_per_run_that_wrote_it()
    {
        var api = await fixture.StartAsync();
        await api.EmitAsync(Shop());
        var again = Guid.NewGuid();
        await api.EmitAsync(
            Run("START", "2026-11-21T01:00:00Z", again, "load", [], [Dataset("bronze.orders")]),
            Run("COMPLETE", "2026-11-21T01:00:01Z", again, "load", [], [Dataset("bronze.orders", Schema(("id", "uuid"), ("total", "decimal(14,2)"), ("region", "string")))]));

        var dataset = await api.GetAsync($"namespaces/{s_lake}/datasets/bronze.orders");
        Assert.Equal(["id", "total", "region"], dataset["fields"]!.AsArray().Select(f => (string)f!["name"]!));
        var versions = await api.GetAsync($"namespaces/{s_lake}/datasets/bronze.orders/versions");
        Assert.Equal(2, (int)versions["totalCount"]!);
        Assert.Equal([3, 2], versions["versions"]!.AsArray().Select(v => v!["fields"]!.AsArray().Count));
        Assert.Equal([again, s_load], versions["versions"]!.AsArray().Select(v => (Guid)v!["createdByRun"]!["id"]!));
        Assert.Equal((Guid)dataset["currentVersion"]!, (Guid)versions["versions"]![0]!["version"]!);
        var old = (Guid)versions["versions"]![1]!["version"]!;
        Assert.Equal(2, (await api.GetAsync($"namespaces/{s_lake}/datasets/bronze.orders/versions/{old}"))["fields"]!.AsArray().Count);
        // What the enriching run read was the version of before.
        Assert.Equal(old, (Guid)(await api.GetAsync($"jobs/runs/{s_enrich}"))["inputDatasetVersions"]![0]!["datasetVersionId"]!["version"]!);
    }

    [Fact]
    public async Task The_graph_reaches_from_end_to_end_and_no_further_than_asked()
    {
        var api = await fixture.StartAsync();
        await api.EmitAsync(Shop());
        string[] all =
        [
            $"dataset:{Lake}:bronze.orders", $"dataset:{Lake}:gold.revenue", $"dataset:{Lake}:silver.orders", "job:floe:enrich", "job:floe:load", "job:floe:mart",
        ];
        foreach (var start in new[] { "job:floe:load", $"dataset:{Lake}:gold.revenue" })
            Assert.Equal(all, await NodesAsync($"lineage?nodeId={Uri.EscapeDataString(start)}"));
        Assert.Equal([$"dataset:{Lake}:bronze.orders", "job:floe:load"], await NodesAsync("lineage?nodeId=job:floe:load&depth=1"));

        var graph = (await api.GetAsync("lineage?nodeId=job:floe:enrich"))["graph"]!.AsArray();
        var enrich = graph.Single(node => (string)node!["id"]! == "job:floe:enrich")!;
        Assert.Equal($"dataset:{Lake}:bronze.orders", (string)Assert.Single(enrich["inEdges"]!.AsArray())!["origin"]!);
        Assert.Equal($"dataset:{Lake}:silver.orders", (string)Assert.Single(enrich["outEdges"]!.AsArray())!["destination"]!);

        async Task<string[]> NodesAsync(string path) => [.. (await api.GetAsync(path))["graph"]!.AsArray().Select(node => (string)node!["id"]!)];
    }

    [Fact]
    public async Task A_column_is_followed_to_where_it_comes_from_and_goes_to()
    {
        var api = await fixture.StartAsync();
        await api.EmitAsync(Shop());
        Assert.Equal(["bronze.orders.total", "silver.orders.amount"], await ColumnsAsync($"datasetField:{Lake}:silver.orders:amount", ""));
        Assert.Equal(["bronze.orders.total", "gold.revenue.revenue", "silver.orders.amount"], await ColumnsAsync($"datasetField:{Lake}:silver.orders:amount", "&withDownstream=true"));
        Assert.Equal(["bronze.orders.total", "gold.revenue.revenue", "silver.orders.amount"], await ColumnsAsync("job:floe:mart", ""));

        // The newest event says what holds: the column comes from elsewhere now.
        await api.EmitAsync(DatasetEvent("2026-11-21T02:00:00Z", Dataset("gold.revenue", Columns("revenue: silver.items.subtotal"))));
        await api.EmitAsync(DatasetEvent("2026-11-21T01:00:00Z", Dataset("gold.revenue", Columns("revenue: silver.late.late"))));
        Assert.Equal(["gold.revenue.revenue", "silver.items.subtotal"], await ColumnsAsync($"dataset:{Lake}:gold.revenue", ""));

        async Task<string[]> ColumnsAsync(string node, string more) =>
            [.. (await api.GetAsync($"column-lineage?nodeId={Uri.EscapeDataString(node)}{more}"))["graph"]!.AsArray().Select(n => $"{n!["data"]!["dataset"]}.{n["data"]!["field"]}")];
    }

    [Fact]
    public async Task Order_and_repetition_of_events_do_not_matter()
    {
        var (one, other) = (await fixture.StartAsync(), await fixture.StartAsync());
        // Also of events that are equally new, and of one that knows less than the one before.
        JsonObject Counted(string type, string time, int rows) => Run(type, time, s_load, "load", [], [new JsonObject
        {
            ["namespace"] = Lake, ["name"] = "bronze.orders",
            ["outputFacets"] = new JsonObject { ["outputStatistics"] = Facet("OutputStatisticsOutputDatasetFacet", "1-0-2", new() { ["rowCount"] = rows }) },
        }]);
        JsonObject[] events = [.. Shop(), Counted("RUNNING", "2026-11-21T00:00:01Z", 5), Counted("RUNNING", "2026-11-21T00:00:01Z", 6),
            Run("FAIL", "2026-11-21T00:00:02Z", s_load, "load", [], []), JobEvent("2026-11-21T00:30:00Z", "mart", [Dataset("silver.orders")], [Dataset("gold.revenue")])];
        await one.EmitAsync(events);
        await other.EmitAsync(events.Reverse());
        await other.EmitAsync(events);
        Assert.Equal(6, (int)(await one.GetAsync($"jobs/runs/{s_load}"))["outputDatasetVersions"]![0]!["facets"]!["outputStatistics"]!["rowCount"]!);
        foreach (var path in (string[])
            ["namespaces", "jobs", $"jobs/runs/{s_load}", "namespaces/floe/jobs/mart/runs", $"namespaces/{s_lake}/datasets", $"namespaces/{s_lake}/datasets/bronze.orders/versions", "lineage?nodeId=job:floe:enrich"])
            Assert.Equal((await one.GetAsync(path)).ToJsonString(), (await other.GetAsync(path)).ToJsonString());
    }

    [Fact]
    public async Task What_is_old_is_forgotten_and_the_graph_stays_whole()
    {
        var database = await fixture.NewDatabaseAsync();
        var first = await fixture.StartAsync(database);
        await first.EmitAsync(Shop());
        await first.EmitAsync(Run("COMPLETE", "2026-11-21T00:10:00Z", Guid.NewGuid(), "enrich", [Dataset("bronze.orders")], [Dataset("silver.orders", Schema(("order_id", "uuid")))]));
        Assert.Equal(2, (int)(await first.GetAsync("namespaces/floe/jobs/enrich/runs"))["totalCount"]!);
        var graph = (await first.GetAsync("lineage?nodeId=job:floe:enrich"))["graph"]!.AsArray().Select(n => (string)n!["id"]!).ToList();

        var later = await fixture.StartAsync(database, new MarquezFixture.FixedTime(new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((int)(await later.GetAsync("events/lineage"))["totalCount"]! > 0)
            await Task.Delay(20, patience.Token);
        var runs = await later.GetAsync("namespaces/floe/jobs/enrich/runs");
        Assert.Equal(1, (int)runs["totalCount"]!);
        Assert.Equal("2026-11-21T00:10:00Z", (string)runs["runs"]![0]!["endedAt"]!);
        Assert.Equal(1, (int)(await later.GetAsync($"namespaces/{s_lake}/datasets/silver.orders/versions"))["totalCount"]!);
        Assert.Equal(graph, (await later.GetAsync("lineage?nodeId=job:floe:enrich"))["graph"]!.AsArray().Select(n => (string)n!["id"]!));
    }

    [Fact]
    public async Task Events_come_back_as_they_came_and_names_are_found()
    {
        var api = await fixture.StartAsync();
        var events = Shop();
        events[0]["run"]!["facets"]!["somebody_elses"] = new JsonObject { ["_producer"] = "https://x", ["_schemaURL"] = "https://x/y", ["Ünïcode"] = "✓" };
        await api.EmitAsync(events);
        var kept = await api.GetAsync("events/lineage?limit=1&sortDirection=asc");
        Assert.Equal(6, (int)kept["totalCount"]!);
        Assert.True(JsonNode.DeepEquals(events[0], Assert.Single(kept["events"]!.AsArray())));
        Assert.Equal(2, (int)(await api.GetAsync("events/lineage?after=2026-11-21T00:00:05Z&before=2026-11-21T00:00:07Z"))["totalCount"]!);

        var found = await api.GetAsync("search?q=ORDERS");
        Assert.Equal((2, "bronze.orders", $"dataset:{Lake}:bronze.orders"), ((int)found["totalCount"]!, (string)found["results"]![0]!["name"]!, (string)found["results"]![0]!["nodeId"]!));
        Assert.Equal(0, (int)(await api.GetAsync("search?q=%25&filter=JOB"))["totalCount"]!);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be one OpenLineage event")]
    [InlineData("""{"eventTime": "yesterday", "run": {}, "job": {}}""", "eventTime is 'yesterday', but must be an ISO 8601 time")]
    [InlineData("""{"eventTime": "2026-11-21T00:00:00Z", "job": {"namespace": "a", "name": "b"}}""", "run is missing or no object")]
    [InlineData("""{"eventTime": "2026-11-21T00:00:00Z", "run": {"runId": "7"}, "job": {"namespace": "a", "name": "b"}}""", "run.runId is '7', but must be a UUID")]
    [InlineData("""{"eventTime": "2026-11-21T00:00:00Z", "run": {"runId": "11111111-1111-4111-8111-111111111111"}, "job": {"namespace": "a"}}""", "job.name is missing or no text")]
    [InlineData("""{"eventTime": "2026-11-21T00:00:00Z", "eventType": "DONE", "run": {"runId": "11111111-1111-4111-8111-111111111111"}, "job": {"namespace": "a", "name": "b"}}""", "eventType is 'DONE'")]
    [InlineData("""{"eventTime": "2026-11-21T00:00:00Z", "run": {"runId": "11111111-1111-4111-8111-111111111111"}, "job": {"namespace": "a", "name": "b"}, "inputs": [{"name": "x"}]}""", "inputs[0].namespace is missing or no text")]
    public async Task What_is_no_event_is_refused_with_a_sentence_and_leaves_nothing(string body, string sentence)
    {
        var api = await fixture.StartAsync();
        var (status, answer) = await api.SendAsync(body);
        Assert.Equal(400, status);
        Assert.Contains(sentence, (string)JsonNode.Parse(answer)!["message"]!);
        Assert.Equal(0, (int)(await api.GetAsync("events/lineage"))["totalCount"]!);
        Assert.Empty((await api.GetAsync("namespaces"))["namespaces"]!.AsArray());
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_what_is_not_right_400()
    {
        var api = await fixture.StartAsync();
        foreach (var path in (string[])["namespaces/x", "namespaces/x/jobs/y", "namespaces/x/datasets/y", "namespaces/x/datasets/y/versions", $"jobs/runs/{Guid.NewGuid()}", "lineage?nodeId=job:a:b", "column-lineage?nodeId=dataset:a:b", "nowhere"])
            Assert.Equal(404, (await api.RefusedAsync(path)).Status);
        foreach (var path in (string[])["jobs?limit=-1", "jobs/runs/7", "lineage", "lineage?nodeId=x", "lineage?nodeId=job:a:b&depth=1000", "search?q=a&filter=TABLE", "events/lineage?sortDirection=up", "events/lineage?after=now"])
            Assert.Equal(400, (await api.RefusedAsync(path)).Status);
    }
}
