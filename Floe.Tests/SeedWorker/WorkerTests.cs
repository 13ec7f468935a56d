using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The worker on real services, from empty tables to marts, through its API.</summary>
public sealed class WorkerTests(Street street) : IClassFixture<Street>
{
    [Fact]
    public async Task Empty_tables_are_seeded_and_batches_are_added_on_demand()
    {
        var settings = await street.NewLakehouseAsync();
        await using (var worker = Street.Worker(settings))
        {
            await worker.StartAsync();
            using var http = Client(worker);
            var seed = await FinishedAsync(http, await SeedRunAsync(http));
            Assert.Equal(("completed", "sensor"), (seed["state"]!.ToString(), seed["trigger"]!.ToString()));
            Assert.Equal(["generate", "commit", "build", "land"], seed["steps"]!.AsArray().Select(s => s!["name"]!.ToString()));
            Assert.All(seed["steps"]!.AsArray(), s => Assert.Equal("completed", s!["state"]!.ToString()));
            Assert.Equal(21_500, seed["steps"]![1]!["rows"]!.GetValue<long>());

            using (var db = await worker.ReadAsync())
            {
                Assert.Equal([1_000, 500, 5_000, 15_000], Shop.Tables.Select(t => db.Count($"select count(*) from {t.FullName}")));
                // The catalog's tables against the generator's truth for the plan in the snapshot.
                var truth = new ShopGenerator(await PlanAsync(worker)).TrueOrders().ToList();
                Assert.Equal(truth.Sum(o => o.Total), db.Count("select (sum(total_amount) * 100)::bigint from bronze.orders"));
                Assert.Equal(truth.Where(o => o.Status != "cancelled").Sum(o => o.Total), db.Count("select (sum(revenue) * 100)::bigint from gold.mart_revenue"));
                Assert.Equal(1_000, db.Count("select count(*) from gold.mart_customer_segments"));
                Assert.Equal(500, db.Count("select count(*) from gold.mart_product_analytics"));
                Assert.Equal(15_000, db.Count("select count(*) from silver.int_order_items_enriched"));
            }

            var run = await StartAsync(http, "generate_orders", """{"orders": 40}""", key: "once");
            var again = await StartAsync(http, "generate_orders", """{"orders": 40}""", key: "once");
            Assert.Equal(run["id"]!.ToString(), again["id"]!.ToString());
            Assert.Equal("completed", (await FinishedAsync(http, run["id"]!.ToString()))["state"]!.ToString());
            using (var conflict = await PostAsync(http, "generate_orders", """{"orders": 41}""", "once"))
                Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);

            using (var db = await worker.ReadAsync())
            {
                Assert.Equal(5_040, db.Count("select count(distinct order_id) from bronze.orders"));
                Assert.Equal(5_040, db.Count("select sum(order_count)::bigint from gold.mart_revenue"));
                Assert.Equal(15_120, db.Count("select count(*) from silver.int_order_items_enriched"));
            }

            await HealthyAsync(http);
            await worker.StopAsync();
        }

        // A second start finds everything and does nothing.
        await using var second = Street.Worker(settings);
        await second.StartAsync();
        using var secondHttp = Client(second);
        Assert.Equal("completed", (await FinishedAsync(secondHttp, (await StartAsync(secondHttp, "seed_demo_data", null))["id"]!.ToString()))["state"]!.ToString());
        using var after = await second.ReadAsync();
        Assert.Equal(5_040, after.Count("select count(distinct order_id) from bronze.orders"));
        Assert.Equal(2, (await PlanAsync(second)).Number);
        await second.StopAsync();
    }

    /// <summary>The worker died after the commit and before it could note the end: the run is taken up and its batch is not added again.</summary>
    [Fact]
    public async Task A_run_that_was_cut_off_after_its_commit_is_recognised()
    {
        var settings = await street.NewLakehouseAsync();
        Small(settings);
        Guid runId;
        await using (var worker = Street.Worker(settings))
        {
            // As far as the commit, by hand.
            var services = worker.Services;
            await services.GetRequiredService<Floe.SeedWorker.Bootstrap.LakehouseBootstrap>().RunAsync(default);
            var store = services.GetRequiredService<RunStore>();
            await store.EnsureSchemaAsync(default);
            var bronze = services.GetRequiredService<BronzeTables>();
            var ingest = services.GetRequiredService<BatchIngest>();
            var first = BatchPlan.First(GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders) = (50, 20, 200)), TimeProvider.System.GetUtcNow().AddHours(-1));
            await ingest.CommitAsync(await ingest.WriteAsync(first, await bronze.EnsureAsync(default), default), Guid.NewGuid(), default);
            var run = await store.AddAsync("generate_orders", new JsonObject { ["orders"] = 30L }, "api", null, default);
            runId = run.Id;
            await store.TakeAsync(default);
            var batch = await ingest.WriteAsync(first.Next(30, TimeProvider.System.GetUtcNow(), new GenerationOptions()), await bronze.EnsureAsync(default), default);
            await ingest.CommitAsync(batch, runId, default);
        }

        await using var next = Street.Worker(settings);
        await next.StartAsync();
        using var http = Client(next);
        Assert.Equal("completed", (await FinishedAsync(http, runId.ToString()))["state"]!.ToString());
        using var db = await next.ReadAsync();
        Assert.Equal(230, db.Count("select count(distinct order_id) from bronze.orders"));
        Assert.Equal(230, db.Count("select sum(order_count)::bigint from gold.mart_revenue"));
        await next.StopAsync();
    }

    [Fact]
    public async Task A_broken_project_fails_the_run_by_file_and_line_and_the_marts_stay()
    {
        var settings = await street.NewLakehouseAsync();
        Small(settings);
        var folder = Directory.CreateTempSubdirectory("floe-broken-dbt-").FullName;
        Copy(DbtFolder.Shipped, folder);
        try
        {
            settings["Transform:ProjectDirectory"] = folder;
            await using var worker = Street.Worker(settings);
            await worker.StartAsync();
            using var http = Client(worker);
            await FinishedAsync(http, await SeedRunAsync(http));
            using var before = await worker.ReadAsync();

            var mart = Path.Combine(folder, "models", "marts", "mart_revenue.sql");
            await File.AppendAllTextAsync(mart, "\n{{ dbt_utils.pivot() }}\n");
            var lines = File.ReadAllLines(mart).Length;
            var run = await FinishedAsync(http, (await StartAsync(http, "generate_orders", null))["id"]!.ToString());
            Assert.Equal("failed", run["state"]!.ToString());
            Assert.StartsWith($"models/marts/mart_revenue.sql:{lines}: 'dbt_utils.pivot(...)' is not supported", run["error"]!.ToString());

            // A test that fails: everything was built, nothing is landed.
            File.Copy(Path.Combine(DbtFolder.Shipped, "models", "marts", "mart_revenue.sql"), mart, overwrite: true);
            await File.WriteAllTextAsync(Path.Combine(folder, "tests", "never.sql"), "select * from {{ ref('mart_revenue') }} limit 3");
            run = await FinishedAsync(http, (await StartAsync(http, "transform", null))["id"]!.ToString());
            Assert.Contains("never (3 rows, tests/never.sql:1)", run["error"]!.ToString());
            Assert.Equal("failed", run["steps"]!.AsArray()[^1]!["state"]!.ToString());

            using var after = await worker.ReadAsync();
            Assert.Equal(200, after.Count("select sum(order_count)::bigint from gold.mart_revenue"));
            Assert.Equal(300, after.Count("select count(distinct order_id) from bronze.orders"));
            await worker.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Bad_requests_name_field_value_and_rule_and_start_nothing()
    {
        (string Job, string Body, int Status, string? Field, string Says)[] cases =
        [
            ("generate_orders", """{"orders": 0}""", 400, "orders", "is 0; it must be a whole number from 1 to 10000"),
            ("generate_orders", """{"orders": 10001}""", 400, "orders", "is 10001; it must be"),
            ("generate_orders", """{"orders": 1.5}""", 400, "orders", "is 1.5; it must be"),
            ("generate_orders", """{"orders": "100"}""", 400, "orders", "is \"100\"; it must be"),
            ("generate_orders", """{"rows": 1}""", 400, "rows", "this job takes orders, rate, seconds"),
            ("generate_orders", "[]", 400, "(body)", "JSON object"),
            ("generate_orders", "{", 400, "(body)", "JSON object"),
            ("generate_orders", """{"rate": 0, "seconds": 5}""", 400, "rate", "is 0; it must be a whole number from 1 to 10000"),
            ("generate_orders", """{"rate": 5, "seconds": 3601}""", 400, "seconds", "is 3601; it must be a whole number from 1 to 3600"),
            ("generate_orders", """{"rate": 5}""", 400, "seconds", "is missing; it must be"),
            ("generate_orders", """{"seconds": 5, "orders": 1, "rate": 1}""", 400, "orders", "either orders, or rate"),
            ("seed_demo_data", """{"orders": 0}""", 400, "orders", "is 0; it must be 1 to 1000000000"),
            ("seed_demo_data", """{"customers": 99999999999}""", 400, "customers", "it must be 1 to 50000000"),
            ("seed_demo_data", """{"orders": 10, "items": 9}""", 400, "items", "is 9; it must be 1 to 20 times the 10 orders"),
            ("seed_demo_data", """{"nullRate": 0.6}""", 400, "nullRate", "is 0.6; it must be 0 to 0.5 (a share, 0.02 = 2 %)"),
            ("seed_demo_data", """{"products": 1.5}""", 400, "products", "is 1.5; it must be a whole number"),
            ("seed_demo_data", """{"products": "1"}""", 400, "products", "is \"1\"; it must be a number"),
            ("maintain", """{"dryRun": 1}""", 400, "dryRun", "is 1; it must be true or false"),
            ("seed_demo_data", """{"rows": 1}""", 400, "rows", "this job takes customers, products, orders, items"),
            ("transform", """{"orders": 1}""", 400, "orders", "this job takes select, exclude, fullRefresh"),
            ("transform", """{"fullRefresh": "yes"}""", 400, "fullRefresh", "true or false"),
            ("transform", """{"full_refresh": true}""", 400, "full_refresh", "the parameter is called fullRefresh"),
            ("transform", """{"select": 1}""", 400, "select", "a text"),
            ("nonsense", "{}", 404, null, "the jobs are seed_demo_data, generate_orders, transform, maintain"),
        ];
        var settings = await street.NewLakehouseAsync();
        // Nobody brings parts: the tables stay empty, and there is no run.
        settings["Generation:ByParts"] = "true";
        await using var worker = Street.Worker(settings);
        await worker.StartAsync();
        using var http = Client(worker);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var ready = await http.GetAsync("/api/runs", patience.Token);
            if (ready.IsSuccessStatusCode)
                break;
            await Task.Delay(20, patience.Token);
        }

        foreach (var (job, body, status, field, says) in cases)
        {
            using var response = await PostAsync(http, job, body, null);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
            Assert.Contains(says, problem["detail"]!.ToString());
            Assert.Equal(field, problem["errors"]?[0]?["field"]?.ToString());
        }

        // What can be asked is described, with its errors.
        var paths = (await http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!["paths"]!.AsObject();
        Assert.Equal(["/api/evidence", "/api/jobs", "/api/jobs/{job}/runs", "/api/runs", "/api/runs/{id}", "/api/runs/{id}/events", "/api/schedules", "/api/schedules/{job}"], paths.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["202", "400", "404", "409", "503"], paths["/api/jobs/{job}/runs"]!["post"]!["responses"]!.AsObject().Select(r => r.Key).Order(StringComparer.Ordinal));

        Assert.Empty((await http.GetFromJsonAsync<JsonObject>("/api/runs"))!["runs"]!.AsArray());
        using var unknown = await http.GetAsync($"/api/runs/{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var limit = await http.GetAsync("/api/runs?limit=0");
        Assert.Equal(HttpStatusCode.BadRequest, limit.StatusCode);
        await worker.StopAsync();
    }

    private static void Small(Dictionary<string, string?> settings)
    {
        settings["Generation:Customers"] = "50";
        settings["Generation:Products"] = "20";
        settings["Generation:Orders"] = "200";
    }

    internal static HttpClient Client(WebApplication worker) => new() { BaseAddress = new Uri(worker.Urls.First()) };

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string job, string? body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/jobs/{job}/runs");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await http.SendAsync(request);
    }

    internal static async Task<JsonObject> StartAsync(HttpClient http, string job, string? body, string? key = null)
    {
        using var response = await PostAsync(http, job, body, key);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var run = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal($"/api/runs/{run["id"]}", response.Headers.Location!.ToString());
        return run;
    }

    /// <summary>Id of the run that the sensor started.</summary>
    internal static async Task<string> SeedRunAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            using var response = await http.GetAsync("/api/runs?limit=1", patience.Token);
            if (response.StatusCode == HttpStatusCode.OK && (await response.Content.ReadFromJsonAsync<JsonObject>())!["runs"]!.AsArray() is [{ } run])
                return run["id"]!.ToString();
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Its probes take services that do not answer within seconds for away, which on a busy machine passes.</summary>
    private static async Task HealthyAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var health = await http.GetAsync("/health", patience.Token);
            if (health.StatusCode == HttpStatusCode.OK)
                return;
            await Task.Delay(50, patience.Token);
        }
    }

    internal static async Task<JsonObject> FinishedAsync(HttpClient http, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (true)
        {
            var run = (await http.GetFromJsonAsync<JsonObject>($"/api/runs/{id}", patience.Token))!;
            if (run["state"]!.ToString() is "completed" or "failed")
                return run;
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task<BatchPlan> PlanAsync(WebApplication worker) =>
        BronzeTables.LastBatch(await worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default))!;

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
