using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Marquez;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Jobs;
using Floe.Tests.Cube;
using Floe.Tests.Cube.Upstream;
using Floe.Tests.Marquez;
using Floe.Tests.SeedWorker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.Lineage;

/// <summary>The street's lineage from worker and query layer to a lineage server, all of them real: seeded, a batch added, a test of the data broken.</summary>
public sealed class ShopLineageTests(Street street) : IClassFixture<Street>, IDisposable
{
    private const int Orders = 200;

    private const string BeforeCube = "before-cube";

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-shop-lineage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task The_graph_leads_from_raw_tables_to_cubes_with_rows_schemas_tests_and_failures()
    {
        await using var server = await MarquezAsync();
        var marquez = new MarquezApi(server.Urls.First(), server.Urls.Last());
        await marquez.UntilHealthyAsync();
        using var project = DbtFolder.CopyOfShipped();
        var settings = await street.NewLakehouseAsync();
        (settings["Generation:Customers"], settings["Generation:Products"], settings["Generation:Orders"]) = ("50", "20", $"{Orders}");
        (settings["Lineage:Url"], settings["Lineage:OutboxDirectory"]) = (marquez.Url, Path.Combine(_folder, "worker"));
        (settings["Lineage:DrainTimeout"], settings["Lineage:QueryInterval"]) = ("00:00:20", "00:00:01");
        settings["Transform:ProjectDirectory"] = project.Root;
        var lake = settings["Lakehouse:Bucket"]!;

        // As exporters listen: the events name the traces.
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name.StartsWith("Floe.", StringComparison.Ordinal), Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        string failed;
        var inCatalog = new List<string>();
        await using (var worker = Street.Worker(settings))
        await using (var cube = await CubeProxyAsync("floe"))
        await using (var real = await ReplayedCube.StartAsync())
        await using (await CubeProxyAsync(BeforeCube, ("Floe:Cube:Upstream", real.Address), ("Floe:Cube:Secret", ReplayedCube.Secret)))
        {
            await worker.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(worker.Urls.First()) };
            await EndAsync(http, null);
            await cube.WhenReadyAsync();
            foreach (var measure in new[] { "count", "total_revenue", "count" })
                await cube.RowsAsync($$"""{"measures":["Orders.{{measure}}"],"filters":[{"member":"Orders.region","operator":"set"}]}""");
            await EndAsync(http, await StartAsync(http, GenerateJob.JobName));
            await File.WriteAllTextAsync(Path.Combine(project.Root, "tests", "never.sql"), "select * from {{ ref('mart_revenue') }} limit 3");
            await File.WriteAllTextAsync(Path.Combine(project.Root, "models", "marts", "broken.sql"), "select no_such_column from {{ ref('stg_orders') }}");
            await EndAsync(http, failed = await StartAsync(http, TransformJob.JobName));
            foreach (var ns in new[] { "floe", BeforeCube })
                await UntilAsync(async () => (await JobAsync(marquez, "cube.Orders", ns))?["latestRun"]?["state"]?.ToString() == "COMPLETED");
            foreach (var ns in Shop.Namespaces)
                inCatalog.AddRange((await worker.Services.GetRequiredService<ICatalog>().ListTablesAsync(ns, default)).Select(t => t.ToString()));
            // What a busy machine delivers by and by, the stop's 20 seconds may be too short for.
            await UntilAsync(() => Task.FromResult(!Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories).Any()));
            await worker.StopAsync();
        }

        // Connected, by Marquez' own answer: a way along the edges from every raw table to the cube that has its rows, and none of names that nobody else uses.
        var graph = (await marquez.GetAsync($"lineage?nodeId=dataset:{lake}:bronze.orders&depth=100"))["graph"]!.AsArray();
        var reached = Reach(graph, $"dataset:{lake}:bronze.orders");
        Assert.Subset(reached, new HashSet<string>
        {
            "job:floe:dbt.stg_orders", "dataset:dbt:floe_shop.stg_orders", "job:floe:dbt.int_orders_enriched", $"dataset:{lake}:silver.int_orders_enriched", "job:floe:cube.Orders", "dataset:cube:Orders",
            // Where Cube itself reads the tables, the service before it says so.
            $"job:{BeforeCube}:cube.Orders",
            $"dataset:{lake}:gold.mart_revenue", "dataset:cube:Customers", "dataset:cube:OrderItems", "dataset:cube:Products",
        });
        Assert.Contains("dataset:cube:Products", Reach(graph, $"dataset:{lake}:bronze.products"));
        Assert.Contains("dataset:cube:Customers", Reach(graph, $"dataset:{lake}:bronze.customers"));
        Assert.Equal(["job:floe:cube.Orders.query"], Reach(graph, "dataset:cube:Orders"));
        // A table that no run could make is named by the run that failed.
        Assert.Equal(inCatalog.Append("gold.broken").Order(StringComparer.Ordinal), (await marquez.GetAsync($"namespaces/{lake}/datasets"))["datasets"]!.AsArray().Select(d => (string)d!["name"]!).Order(StringComparer.Ordinal));

        // Of columns too: revenue in the cube is the total in the raw table.
        var columns = (await marquez.GetAsync("column-lineage?nodeId=datasetField:cube:Orders:total_revenue&depth=20"))["graph"]!.AsArray();
        Assert.Equal(
            ["datasetField:cube:Orders:total_revenue", "datasetField:dbt:floe_shop.stg_orders:total_amount", $"datasetField:{lake}:bronze.orders:total_amount", $"datasetField:{lake}:silver.int_orders_enriched:total_amount"],
            columns.Select(n => (string)n!["id"]!).Where(id => id.Contains("total_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        // What a table is.
        var orders = await marquez.GetAsync($"namespaces/{lake}/datasets/bronze.orders");
        Assert.Equal(Shop.Orders.Columns.Select(c => c.Name), orders["fields"]!.AsArray().Select(f => (string)f!["name"]!));
        Assert.Equal($"s3://{lake}", (string)orders["facets"]!["symlinks"]!["identifiers"]![0]!["namespace"]!);
        Assert.Equal((string)orders["facets"]!["version"]!["datasetVersion"]!, (string)orders["facets"]!["floe_icebergSnapshot"]!["snapshotId"]!);
        var seeded = (await marquez.GetAsync($"namespaces/floe/jobs/{SeedJob.JobName}"))["latestRun"]!;
        Assert.Equal(
            Orders, (long)seeded["outputDatasetVersions"]!.AsArray().Single(v => (string)v!["datasetVersionId"]!["name"]! == "bronze.orders")!["facets"]!["outputStatistics"]!["rowCount"]!, tolerance: Orders / 10);

        // What a model is: part of the worker's run, with its query and the engine.
        var revenue = (await JobAsync(marquez, "dbt.mart_revenue"))!;
        Assert.Contains("coalesce(sum(total_amount)", (string)revenue["facets"]!["sql"]!["query"]!);
        Assert.Equal(TransformJob.JobName, (string)revenue["latestRun"]!["facets"]!["parent"]!["job"]!["name"]!);
        Assert.Equal(failed, (string)revenue["latestRun"]!["facets"]!["parent"]!["run"]!["runId"]!);

        // What failed says so and why; what was only given up does not.
        Assert.Equal("FAILED", (string)(await JobAsync(marquez, TransformJob.JobName))!["latestRun"]!["state"]!);
        var broken = (await JobAsync(marquez, "dbt.broken"))!["latestRun"]!;
        Assert.Equal("FAILED", (string)broken["state"]!);
        Assert.Contains("no_such_column", (string)broken["facets"]!["errorMessage"]!["message"]!);
        var tests = (await JobAsync(marquez, "dbt.tests"))!;
        Assert.Equal("FAILED", (string)tests["latestRun"]!["state"]!);
        Assert.Contains("never", (string)tests["latestRun"]!["facets"]!["errorMessage"]!["message"]!);
        Assert.Equal(["ABORTED", "COMPLETED", "COMPLETED"], revenue["latestRuns"]!.AsArray().Select(r => (string)r!["state"]!));
        Assert.Equal(["COMPLETED"], (await JobAsync(marquez, GenerateJob.JobName))!["latestRuns"]!.AsArray().Select(r => (string)r!["state"]!));

        // Queries are told of together, with how many they were and what they asked for.
        var queries = (await JobAsync(marquez, "cube.Orders.query"))!["latestRuns"]!.AsArray().Select(r => r!["facets"]!["floe_queries"]!).ToList();
        Assert.Equal((3, 1, 0), (queries.Sum(q => (int)q["queries"]!), queries.Sum(q => (int)q["kept"]!), queries.Sum(q => (int)q["failed"]!)));
        Assert.Equal(["count", "total_revenue"], queries.SelectMany(q => q["members"]!.AsArray()).Select(m => (string)m!).Distinct().Order());

        // All of it by the book, with a begin and at most one end each, and no secret in it.
        var events = (await marquez.GetAsync("events/lineage?limit=10000&sortDirection=asc"))["events"]!.AsArray();
        foreach (var run in events.GroupBy(e => (string)e!["run"]!["runId"]!))
        {
            var types = run.Select(e => (string)e!["eventType"]!).Order().ToList();
            Assert.True(types.Count(t => t == "START") == 1 && types.Count(t => t is "COMPLETE" or "FAIL" or "ABORT") == 1, $"{run.First()!["job"]!["name"]}: {string.Join(", ", types)}");
        }

        // Every facet is emitted by somebody, and every run of a job, model, test, cube or query says which trace it is in; a refresh is in that of the run before it.
        var facets = new HashSet<string>(events.SelectMany(e => Names(e!["run"]!["facets"]).Concat(Names(e["job"]!["facets"]))
            .Concat(e["inputs"]!.AsArray().Concat(e["outputs"]!.AsArray()).SelectMany(d => Names(d!["facets"]).Concat(Names(d["inputFacets"])).Concat(Names(d["outputFacets"]))))));
        Assert.Superset(
            new HashSet<string>
            {
                "parent", "errorMessage", "processing_engine", "floe_trace", "floe_queries", "jobType", "sql", "documentation", "schema", "columnLineage", "dataSource", "symlinks", "storage", "version",
                "floe_icebergSnapshot", "outputStatistics", "dataQualityAssertions",
            }, facets);
        Assert.Equal(["COMPLETE", "FAIL", "RUNNING", "START"], events.Select(e => (string)e!["eventType"]!).Distinct().Where(t => t != "ABORT").Order());
        Assert.Empty(events.Where(e => e!["run"]!["facets"]!["floe_trace"] is null).Select(e => (string)e!["job"]!["name"]!).Distinct());
        Assert.Subset(TracesOf(SeedJob.JobName, GenerateJob.JobName), TracesOf("cube.refresh"));
        HashSet<string> TracesOf(params string[] jobs) => [.. events.Where(e => jobs.Contains((string)e!["job"]!["name"]!)).Select(e => (string)e!["run"]!["facets"]!["floe_trace"]!["traceId"]!)];

        var text = events.ToJsonString();
        foreach (var secret in new[] { "writer-secret", "reader-secret", StoreAndCatalogSecret(settings) })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        var assertions = events.SelectMany(e => e!["inputs"]!.AsArray()).Select(i => i!["inputFacets"]?["dataQualityAssertions"]?["assertions"]?.AsArray()).OfType<JsonArray>().SelectMany(a => a).ToList();
        Assert.Contains(assertions, a => (string)a!["assertion"]! == "unique" && (bool)a["success"]!);
        Assert.Contains(assertions, a => (string)a!["assertion"]! == "never" && !(bool)a["success"]!);
        Assert.Empty(await PublishedSchemas.BreachesAsync([.. events.Select(e => e!)]));

        Task<RunningCube> CubeProxyAsync(string ns, params (string Key, string Value)[] more)
        {
            var own = new Dictionary<string, string?>(settings)
            {
                ["ConnectionStrings:lakehouse"] = settings["ConnectionStrings:lakehouse_reader"], ["Lineage:OutboxDirectory"] = Path.Combine(_folder, $"cubeproxy-{ns}"), ["Lineage:Namespace"] = ns,
            };
            foreach (var (key, value) in more) own[key] = value;
            return RunningCube.StartAsync(Path.Combine(AppContext.BaseDirectory, "model"), null, settings: own);
        }
    }

    private static IEnumerable<string> Names(JsonNode? facets) => facets?.AsObject().Select(facet => facet.Key) ?? [];

    private static string StoreAndCatalogSecret(Dictionary<string, string?> settings) =>
        new System.Data.Common.DbConnectionStringBuilder { ConnectionString = settings["ConnectionStrings:minio"] }["SecretKey"].ToString()!;

    /// <summary>What can be reached along the edges.</summary>
    private static HashSet<string> Reach(JsonArray graph, string from)
    {
        var next = graph.ToDictionary(n => (string)n!["id"]!, n => n!["outEdges"]!.AsArray().Select(e => (string)e!["destination"]!).ToList());
        var reached = new HashSet<string>();
        var queue = new Queue<string>([from]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var to in next[node].Where(reached.Add))
                queue.Enqueue(to);
        }

        return reached;
    }

    private static async Task<JsonNode?> JobAsync(MarquezApi marquez, string job, string ns = "floe") =>
        (await marquez.GetAsync($"namespaces/{ns}/jobs?limit=1000"))["jobs"]!.AsArray().FirstOrDefault(j => (string)j!["name"]! == job);

    private async Task<WebApplication> MarquezAsync()
    {
        var server = MarquezServer.Create(new() { Port = 0, AdminPort = 0, ConnectionString = (await street.NewLakehouseAsync())["ConnectionStrings:floe"]! });
        await server.StartAsync();
        return server;
    }

    private static async Task<string> StartAsync(HttpClient http, string job)
    {
        using var response = await http.PostAsync($"/api/jobs/{job}/runs", null);
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
    }

    /// <summary>Waits for the end of a run; of the first when none is named.</summary>
    private static Task EndAsync(HttpClient http, string? id) => UntilAsync(async () =>
    {
        using var response = await http.GetAsync("/api/runs");
        return response.IsSuccessStatusCode && (await response.Content.ReadFromJsonAsync<JsonObject>())!["runs"]!.AsArray()
            .Any(r => (id is null || (string)r!["id"]! == id) && (string)r!["state"]! is "completed" or "failed");
    });

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!await done())
            await Task.Delay(50, patience.Token);
    }
}
