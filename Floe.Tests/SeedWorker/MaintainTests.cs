using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Maintenance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The job that keeps tables and records small, and bursts, which make them large.</summary>
public sealed class MaintainTests(Street street) : IClassFixture<Street>
{
    [Fact]
    public async Task Small_files_old_snapshots_and_old_runs_go_and_no_row_with_them()
    {
        await using var worker = await SeededAsync(o => (o["Maintenance:SnapshotMinutes"], o["Maintenance:MinInputFiles"]) = ("1", "2"));
        for (var i = 0; i < 3; i++)
            await worker.BatchAsync(10);
        var old = await worker.ExecuteAsync("transform", new());
        var before = await RowsAsync(worker);
        var files = await FilesAsync(worker);

        var dry = await worker.ExecuteAsync("maintain", new() { ["dryRun"] = true });
        Assert.Equal(["compact", "manifests", "expire", "orphans", "runs", "result"], dry.Steps.Select(s => s.Name));
        Assert.Contains("bronze.orders 4 -> 1 files", dry.Steps[0].Detail);
        Assert.StartsWith("dry run, nothing changed", dry.Steps[^1].Detail);
        Assert.Equal(files, await FilesAsync(worker));

        // When the grace time is over, of the raw orders stays what the next transformation starts from, and it is an incremental one.
        var run = await worker.ExecuteAsync(Job(worker, new StepTime(DateTimeOffset.UtcNow.AddMinutes(3))), new() { ["dryRun"] = false });
        Assert.Equal((RunState.Completed, null), (run.State, run.Error));
        Assert.Contains("bronze.orders 4 -> 1 files", run.Steps[0].Detail);
        Assert.Equal(["append", "replace"], (await OrdersAsync(worker)).Metadata.Snapshots.Select(s => s.Operation));
        Assert.Equal(before, await RowsAsync(worker));
        await worker.BatchAsync(10);
        Assert.StartsWith("incremental", (await worker.ExecuteAsync("transform", new())).Steps[0].Detail);
        before = await RowsAsync(worker);

        // A month later.
        var later = Job(worker, new StepTime(DateTimeOffset.UtcNow.AddDays(31)));
        run = await worker.ExecuteAsync(later, new() { ["dryRun"] = false });
        Assert.Equal((RunState.Completed, null), (run.State, run.Error));
        Assert.Contains("bronze.orders 2 -> 1 files", run.Steps[0].Detail);
        Assert.Null(await worker.Services.GetRequiredService<RunStore>().FindAsync(old.Id, default));
        var orders = await OrdersAsync(worker);
        Assert.Equal(before, await RowsAsync(worker));

        // The counter of batches lives on, though none of its snapshots does; and the next batch continues.
        Assert.Single(orders.Metadata.Snapshots);
        Assert.Equal(5, BronzeTables.LastBatch(orders)!.Number);
        await worker.BatchAsync(10);
        Assert.Equal(6, BronzeTables.LastBatch(await OrdersAsync(worker))!.Number);
        await worker.ExecuteAsync("transform", new());
    }

    [Fact]
    public async Task Batches_go_over_compactions_and_not_over_batches_and_bursts_hold_their_rate()
    {
        await using var worker = await SeededAsync();
        for (var i = 0; i < 2; i++)
            await worker.BatchAsync(10);
        var (bronze, ingest) = (worker.Services.GetRequiredService<BronzeTables>(), worker.Services.GetRequiredService<BatchIngest>());
        var tables = await bronze.EnsureAsync(default);
        var plan = BronzeTables.LastBatch(tables["orders"])!.Next(10, DateTimeOffset.UtcNow, new GenerationOptions());
        var written = await ingest.WriteAsync(plan, tables, default);
        var rival = await ingest.WriteAsync(plan, tables, default);
        foreach (var name in new[] { "orders", "order_items" })
        {
            var compacted = await new RewriteDataFiles(tables[name], worker.Services.GetRequiredService<DuckDbScan>(), worker.Services.GetRequiredService<ParquetWriter>()) { MinInputFiles = 2 }.ExecuteAsync(default);
            Assert.Equal(3, compacted.RewrittenFilesCount);
        }

        await ingest.CommitAsync(written, Guid.NewGuid(), default);
        var error = await Assert.ThrowsAsync<CommitFailedException>(() => ingest.CommitAsync(rival, Guid.NewGuid(), default));
        Assert.Contains("has batch 4, and batch 4 continues batch 3", error.Message);
        Assert.Equal(230, await CountAsync(worker, "select count(distinct order_id) from bronze.orders"));
        await BurstAsync(worker, 230);
    }

    [Fact]
    public async Task Old_orders_go_with_their_versions_and_lines_and_the_marts_follow()
    {
        await using var worker = await SeededAsync(o => (o["Maintenance:DataDays"], o["Generation:DuplicateRate"], o["Generation:LateArrivalRate"]) = ("300", "0.05", "0.05"));
        await worker.BatchAsync(30);
        // One clock for the job and for what is expected of it: midnight may come between.
        var now = DateTimeOffset.UtcNow;
        var maintain = Job(worker, new StepTime(now));
        var cutoff = $"timestamptz '{now.UtcDateTime.Date.AddDays(-300):yyyy-MM-dd} 00:00:00+00'";
        var (stay, go) = (await CountAsync(worker, $"select count(distinct order_id) from bronze.orders where order_date >= {cutoff}"), await CountAsync(worker, $"select count(distinct order_id) from bronze.orders where order_date < {cutoff}"));
        Assert.True(go > 20 && stay > 20, $"{go} go, {stay} stay");
        var lines = await CountAsync(worker, $"select count(*) from bronze.order_items semi join (select * from bronze.orders where order_date >= {cutoff}) using (order_id)");

        var run = await worker.ExecuteAsync(maintain, new() { ["dryRun"] = false });
        Assert.Equal((RunState.Completed, null), (run.State, run.Error));
        Assert.StartsWith($"{go} orders from before", run.Steps[0].Detail);
        Assert.Equal((stay, lines, stay), (
            await CountAsync(worker, "select count(distinct order_id) from bronze.orders"), await CountAsync(worker, "select count(*) from bronze.order_items"),
            await CountAsync(worker, "select sum(order_count)::bigint from gold.mart_revenue")));
        Assert.Equal(0, await CountAsync(worker, $"select count(*) from bronze.orders where order_date < {cutoff}"));

        // Nothing is left to do, and batches go on.
        Assert.StartsWith("0 orders", (await worker.ExecuteAsync(maintain, new() { ["dryRun"] = false })).Steps[0].Detail);
        await worker.BatchAsync(30);
        Assert.Equal(stay + 30, await CountAsync(worker, "select count(distinct order_id) from bronze.orders"));
    }

    [Theory]
    [InlineData(0, 30, 0.3)]
    [InlineData(12, 30, 0.3)]
    [InlineData(400, 30, 0)]
    [InlineData(400, 30, 0.3)]
    [InlineData(400, 380, 0.3)]
    public void What_the_next_batch_may_change_stays_however_long_it_lets_wait(int daysWithoutBatch, int dataDays, double lateRate)
    {
        var options = GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders, o.LateArrivalRate, o.MaxLateDays) = (50, 20, 2_000, lateRate, 30));
        var last = BatchPlan.First(options, GeneratedShop.Clock).Next(200, GeneratedShop.Clock.AddDays(3), options);
        var now = last.To.AddDays(daysWithoutBatch);
        var limit = Micros.From(OrderRetention.Limit(now, dataDays, last.To));
        var next = new ShopGenerator(last.Next(10, now.AddMinutes(5), options));
        var changes = next.Arriving(next.FirstArriving, next.Orders.End).Where(a => a.Row < next.Orders.First).ToList();
        Assert.Equal(daysWithoutBatch > 0, changes.Count(a => !a.IsFirst) > 100);
        // Late ones too: nothing comes of which retention has already removed what came before.
        Assert.DoesNotContain(changes, a => a.Date < limit);
    }

    [Fact]
    public void Settings_that_break_a_rule_are_named() => Assert.Equal(
        ["TargetFileMegabytes is 0; it must be 1 to 4096.", "SnapshotMinutes is 0; it must be 1 to 525600.", "DataDays is 7; it must be 0 (for ever) or 30 to 36500: younger orders still change."],
        new MaintenanceOptions { TargetFileMegabytes = 0, SnapshotMinutes = 0, DataDays = 7 }.Validate());

    /// <summary>The parts of a worker over 200 seeded orders; its runs are executed by the tests.</summary>
    private async Task<WebApplication> SeededAsync(Action<Dictionary<string, string?>>? change = null)
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Generation:Customers"], settings["Generation:Products"], settings["Generation:Orders"]) = ("50", "20", "300");
        var worker = Street.Worker(settings, change);
        await worker.SetUpAsync();
        Assert.Equal(RunState.Completed, (await worker.ExecuteAsync("seed_demo_data", new() { ["orders"] = 200L })).State);
        return worker;
    }

    /// <summary>Bursts hold their rate, and one that was cut off is completed.</summary>
    private static async Task BurstAsync(WebApplication worker, long before)
    {
        var run = await worker.ExecuteAsync("generate_orders", new() { ["rate"] = 40L, ["seconds"] = 2L });
        Assert.Equal((RunState.Completed, null), (run.State, run.Error));
        Assert.Equal(("burst", 80), (run.Steps[0].Name, run.Steps[0].Rows));
        // Loaded machines are slow, none is fast: 80 orders take two seconds at least.
        Assert.True(run.Steps[0].DurationMs >= 1_990, run.Steps[0].Detail);
        Assert.Equal(before + 80, await CountAsync(worker, "select count(distinct order_id) from bronze.orders"));

        // Two of the three seconds were committed when the worker died.
        var store = worker.Services.GetRequiredService<RunStore>();
        var cut = await store.AddAsync("generate_orders", new() { ["rate"] = 50L, ["seconds"] = 3L }, "api", null, default);
        await worker.BatchAsync(50, cut.Id);
        await worker.BatchAsync(50, cut.Id);
        var job = worker.Services.GetServices<IJob>().Single(j => j.Name == "generate_orders");
        await job.RunAsync(new RunContext((await store.TakeAsync(default))!, store, TimeProvider.System), default);
        Assert.Equal(before + 230, await CountAsync(worker, "select count(distinct order_id) from bronze.orders"));
        Assert.EndsWith("100 orders before the run was interrupted", (await store.FindAsync(cut.Id, default))!.Steps[0].Detail);
    }

    private static MaintainJob Job(WebApplication worker, TimeProvider time) => ActivatorUtilities.CreateInstance<MaintainJob>(worker.Services, time);

    private static Task<Table> OrdersAsync(WebApplication worker) => worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default);

    private static async Task<int> FilesAsync(WebApplication worker)
    {
        var (table, count) = (await OrdersAsync(worker), 0);
        await foreach (var _ in table.IO.ListAsync(table.Location[..table.Location.IndexOf("/bronze/", StringComparison.Ordinal)], default))
            count++;
        return count;
    }

    private static async Task<string> RowsAsync(WebApplication worker)
    {
        using var db = await worker.ReadAsync();
        return string.Join(", ", Shop.Tables.Select(t => db.Count($"select count(*) from {t.FullName}")).Append(db.Count("select sum(order_count)::bigint from gold.mart_revenue")));
    }

    private static async Task<long> CountAsync(WebApplication worker, string sql)
    {
        using var db = await worker.ReadAsync();
        return db.Count(sql);
    }
}
