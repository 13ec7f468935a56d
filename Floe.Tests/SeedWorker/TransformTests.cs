using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Incremental models in Iceberg tables: what a run reads, which files it writes, and when it builds from nothing.</summary>
public sealed class TransformTests(Street street) : IClassFixture<Street>
{
    [Fact]
    public async Task Batches_are_merged_into_the_tables_and_give_what_a_full_refresh_gives()
    {
        var settings = await street.NewLakehouseAsync();
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("Customers", "50"), ("Products", "20"), ("Orders", "300"), ("DuplicateRate", "0.1"), ("LateArrivalRate", "0.2")])
            settings[$"Generation:{key}"] = value;
        settings["Transform:TargetDirectory"] = Directory.CreateTempSubdirectory("floe-target-").FullName;
        await using var worker = Street.Worker(settings);
        await worker.StartAsync();
        using var http = WorkerTests.Client(worker);
        Assert.Contains("full refresh, because silver.stg_customers is not there yet", Build(await WorkerTests.FinishedAsync(http, await WorkerTests.SeedRunAsync(http))));

        for (var batch = 0; batch < 3; batch++)
            Assert.Contains("incremental, ", Build(await RunAsync(http, "generate_orders", """{"orders": 30}""")));

        // dbt's artifacts of the latest run, with lineage.
        var target = settings["Transform:TargetDirectory"]!;
        var results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(target, "run_results.json")))!;
        Assert.All(results["results"]!.AsArray(), r => Assert.Contains(r!["status"]!.ToString(), (string[])["success", "pass"]));
        Assert.Equal(results["metadata"]!["invocation_id"]!.ToString(), Path.GetFileName(Directory.EnumerateDirectories(Path.Combine(target, "runs")).MaxBy(Directory.GetLastWriteTimeUtc)));
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(target, "manifest.json")))!;
        Assert.All(results["results"]!.AsArray(), r => Assert.NotNull(manifest["nodes"]![r!["unique_id"]!.ToString()]));
        Assert.Equal("total_amount", manifest["nodes"]!["model.floe_shop.mart_revenue"]!["column_lineage"]!["fields"]!["revenue"]!["inputFields"]![1]!["field"]!.ToString());

        // Nothing arrived: what is incremental is not committed again.
        var before = await Snapshot(worker, "silver.int_orders_enriched");
        Assert.Contains("incremental, 0 rows arrived", Build(await RunAsync(http, "transform", null)));
        Assert.Equal(before, await Snapshot(worker, "silver.int_orders_enriched"));

        string[] tables = ["silver.int_orders_enriched", "silver.int_order_items_enriched", "silver.int_customer_orders", "silver.int_product_performance", "silver.int_customer_history", "silver.int_product_history", "gold.mart_revenue", "gold.mart_revenue_week_over_week", "gold.mart_customer_segments", "gold.mart_product_analytics"];
        List<List<string>> merged;
        using (var db = await worker.ReadAsync())
            merged = [.. tables.Select(t => db.Rows($"from {t} order by all"))];
        Assert.Contains("full refresh, because a full refresh was asked for", Build(await RunAsync(http, "transform", """{"fullRefresh": true}""")));
        using (var db = await worker.ReadAsync())
        {
            for (var i = 0; i < tables.Length; i++)
                Assert.Equal(db.Rows($"from {tables[i]} order by all"), merged[i]);
        }

        // A part of the project; then rows of a raw table go, which no difference of files tells.
        var part = await RunAsync(http, "transform", """{"select": "int_orders_enriched+,config.materialized:incremental"}""");
        Assert.Contains("mart_revenue", Build(part));
        Assert.DoesNotContain("mart_product_analytics", Build(part));
        var wrong = await RunAsync(http, "transform", """{"select": "mart_profit"}""", "failed");
        Assert.Contains("'mart_profit' selects nothing", wrong["error"]!.ToString());

        await DeleteOldOrdersAsync(worker);
        Assert.Contains("full refresh, because The snapshot", Build(await RunAsync(http, "generate_orders", """{"orders": 20}""")));
        using (var db = await worker.ReadAsync())
        {
            var left = db.Count("select count(distinct order_id) from bronze.orders");
            Assert.InRange(left, 50, 300);
            Assert.Equal(left, db.Count("select count(*) from silver.int_orders_enriched"));
            Assert.Equal(left, db.Count("select sum(order_count)::bigint from gold.mart_revenue"));
        }

        Assert.Contains("incremental, ", Build(await RunAsync(http, "generate_orders", """{"orders": 20}""")));

        // Somebody else wrote into a model's table.
        var catalog = worker.Services.GetRequiredService<ICatalog>();
        var revenue = await catalog.LoadTableAsync(TableIdentifier.Parse("gold.mart_revenue"), default);
        await revenue.NewTransaction().Replace([]).CommitAsync(default);
        Assert.Contains("full refresh, because gold.mart_revenue was changed by somebody else", Build(await RunAsync(http, "transform", null)));
        await worker.StopAsync();
        Directory.Delete(target, recursive: true);
    }

    private static async Task DeleteOldOrdersAsync(WebApplication worker)
    {
        var services = worker.Services;
        var catalog = services.GetRequiredService<ICatalog>();
        var rows = new CopyOnWrite(services.GetRequiredService<ParquetWriter>(), services.GetRequiredService<DuckDbScan>());
        using var db = GeneratedShop.OpenDatabase();
        var orders = await catalog.LoadTableAsync(TableIdentifier.Parse("bronze.orders"), default);
        var items = await catalog.LoadTableAsync(TableIdentifier.Parse("bronze.order_items"), default);
        var limit = new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-250), TimeSpan.Zero);
        var changes = new List<TableCommit>
        {
            await (await rows.DeleteAsync(orders.NewTransaction(), db, Expression.LessThan("order_date", limit))).PrepareAsync(default),
            await (await rows.DeleteAsync(items.NewTransaction(), db, Expression.LessThan("updated_at", limit))).PrepareAsync(default),
        };
        await catalog.CommitTransactionAsync(changes, default);
        // A second copy of a line may say that it is newer than its order: the order's lines go with it.
        using var raw = await worker.ReadAsync();
        var orphans = raw.Rows("select distinct order_id::varchar from bronze.order_items where order_id not in (select order_id from bronze.orders)");
        if (orphans.Count > 0)
        {
            items = await items.RefreshAsync(default);
            await (await rows.DeleteAsync(items.NewTransaction(), db, Expression.In("order_id", [.. orphans.Select(o => (Literal)Guid.Parse(o))]))).CommitAsync(default);
        }
    }

    private static async Task<long?> Snapshot(WebApplication worker, string table) =>
        (await worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(TableIdentifier.Parse(table), default)).Metadata.CurrentSnapshotId;

    private static string Build(JsonObject run) => run["steps"]!.AsArray().Single(s => s!["name"]!.ToString() == "build")!["detail"]!.ToString();

    private static async Task<JsonObject> RunAsync(HttpClient http, string job, string? body, string state = "completed")
    {
        var run = await WorkerTests.FinishedAsync(http, (await WorkerTests.StartAsync(http, job, body))["id"]!.ToString());
        Assert.True(run["state"]!.ToString() == state, run["error"]?.ToString());
        return run;
    }
}
