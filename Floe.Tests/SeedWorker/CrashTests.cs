using System.Globalization;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Floe.Tests.SeedWorker;

/// <summary>
/// A worker's process that dies (SIGKILL) at each moment of a run. The next worker, here in the test's process, takes the run up; afterwards every order and
/// line is there once, and the marts say the same.
/// </summary>
public sealed class CrashTests(Street street, ITestOutputHelper output) : IClassFixture<Street>, IDisposable
{
    private const int Seeded = 200;

    private readonly string _record = Path.GetTempFileName();

    public void Dispose() => File.Delete(_record);

    /// <summary>The moments that matter most: when the batch's commit has happened and nobody knows, and before the end is noted.</summary>
    [Fact]
    public async Task A_batch_whose_worker_dies_is_there_once()
    {
        await using var lake = await LakeAsync(street);
        var expected = Seeded;
        foreach (var point in new[] { "commit.answered@1", "run.ended@1" })
        {
            await lake.AddAsync("generate_orders", new() { ["orders"] = 20L });
            Assert.True(await lake.KillAsync(point), $"not reached: {point}");
            await lake.FinishAsync();
            await lake.CheckAsync(expected += 20);
        }
    }

    /// <summary>Every moment of every job, FLOE_CRASHES (20) times each.</summary>
    [Theory]
    [Trait("Category", "Long")]
    [InlineData("generate_orders", "{\"orders\":20}", 20)]
    [InlineData("generate_orders", "{\"rate\":20,\"seconds\":2}", 40)]
    [InlineData("seed_demo_data", "{}", 0)]
    [InlineData("transform", "{}", 0)]
    [InlineData("maintain", "{\"dryRun\":false}", 0)]
    public async Task A_run_whose_worker_dies_at_any_moment_is_done_once(string job, string parameters, int orders)
    {
        var times = int.Parse(Environment.GetEnvironmentVariable("FLOE_CRASHES") ?? "20", CultureInfo.InvariantCulture);
        await using var lake = await LakeAsync(street);
        var expected = Seeded;
        async Task PrepareAsync()
        {
            // So that there is something to do.
            if (job == "seed_demo_data")
                await lake.EmptyAsync();
            if (job is "transform" or "maintain")
                await lake.BatchAsync(20, expected += 20);
            await lake.AddAsync(job, (JsonObject)JsonNode.Parse(parameters)!);
            expected += orders;
        }

        // Once to the end: which moments there are.
        await PrepareAsync();
        await lake.RecordAsync(_record);
        await lake.CheckAsync(expected);
        var points = (await File.ReadAllLinesAsync(_record)).GroupBy(p => p).Select(g => (Name: g.Key, Count: g.Count())).ToList();
        var (kills, missed) = (0, new List<string>());
        for (var round = 0; round < times; round++)
        {
            foreach (var (name, count) in points)
            {
                await PrepareAsync();
                var point = $"{name}@{round % count + 1}";
                if (await lake.KillAsync(point))
                    kills++;
                else
                    missed.Add(point);
                await lake.FinishAsync();
                await lake.CheckAsync(expected);
            }

            if (job != "maintain")
                await lake.TidyAsync();
        }

        output.WriteLine($"{job} {parameters}: {points.Count} moments, {kills} kills, {missed.Count} moments that a run did not come to ({string.Join(", ", missed.Distinct())}); at the end {expected} orders, each once");
        // Others come after a merge of manifests, or a retry, that not every run has.
        Assert.True(missed.Count * 5 <= kills, $"{missed.Count} of {points.Count * times} moments were not reached: {string.Join(", ", missed)}");
    }

    private static async Task<Lake> LakeAsync(Street street)
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Generation:Customers"], settings["Generation:Products"], settings["Generation:Orders"]) = ("50", "20", $"{Seeded}");
        (settings["Maintenance:SnapshotMinutes"], settings["Maintenance:MinInputFiles"], settings["Maintenance:OrphanMinutes"]) = ("1", "2", "10");
        var worker = Street.Worker(settings);
        await worker.SetUpAsync();
        var lake = new Lake(worker, settings);
        await lake.AddAsync("seed_demo_data", []);
        await lake.FinishAsync();
        await lake.CheckAsync(Seeded);
        return lake;
    }

    /// <summary>A lakehouse, and the worker in this process that takes up what others left.</summary>
    private sealed class Lake(WebApplication worker, Dictionary<string, string?> settings) : IAsyncDisposable
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

        private Guid _run;

        private RunStore Store => worker.Services.GetRequiredService<RunStore>();

        private ICatalog Catalog => worker.Services.GetRequiredService<ICatalog>();

        public async Task AddAsync(string job, JsonObject parameters) => _run = (await Store.AddAsync(job, parameters, "test", null, default)).Id;

        /// <summary>Whether a worker's process died at the point; one that ends the run without is killed afterwards.</summary>
        public async Task<bool> KillAsync(string point)
        {
            await using var process = WorkerProcess.Start(settings, StartupHook.KillVariable, point);
            await EndOfAsync(process);
            return process.HasExited;
        }

        public async Task RecordAsync(string file)
        {
            await using var process = WorkerProcess.Start(settings, StartupHook.RecordVariable, file);
            await EndOfAsync(process);
            Assert.False(process.HasExited, process.Output);
        }

        public async Task FinishAsync()
        {
            await using var turn = new RunnerLock(worker.Services.GetRequiredService<Npgsql.NpgsqlDataSource>());
            // A lock goes with its connection, which the server has to notice.
            using var patience = new CancellationTokenSource(s_patience);
            while (!await turn.HoldAsync(default))
                await Task.Delay(10, patience.Token);
            await Store.RecoverAsync(default);
            while (await Store.TakeAsync(default) is { } run)
                await worker.Services.GetRequiredService<JobRunner>().ExecuteAsync(run, default);
            var end = (await Store.FindAsync(_run, default))!;
            Assert.True(end is { State: RunState.Completed, Attempt: 1 }, $"{end.Job} {end.State}, attempt {end.Attempt}: {end.Error}");
        }

        public async Task BatchAsync(long orders, int expected)
        {
            var plan = await worker.BatchAsync(orders);
            Assert.Equal(expected, plan.FirstOrder + plan.Orders);
        }

        public async Task EmptyAsync()
        {
            foreach (var ns in Shop.Namespaces)
            {
                foreach (var table in await Catalog.ListTablesAsync(ns, default))
                    await Catalog.DropTableAsync(table, purge: true, default);
            }
        }

        public async Task TidyAsync()
        {
            await AddAsync("maintain", new() { ["dryRun"] = false });
            await FinishAsync();
        }

        /// <summary>Every order and line is there once, and what was built from them says the same when it is built again.</summary>
        public async Task CheckAsync(int orders)
        {
            var last = BronzeTables.LastBatch(await Catalog.LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default))!;
            Assert.Equal(orders, last.FirstOrder + last.Orders);
            using var db = GeneratedShop.OpenDatabase();
            var scan = worker.Services.GetRequiredService<DuckDbScan>();
            foreach (var name in new[] { "bronze.orders", "bronze.order_items", "gold.mart_revenue", "silver.int_order_items_enriched" })
            {
                var table = await Catalog.LoadTableAsync(TableIdentifier.Parse(name), default);
                db.Execute($"create schema if not exists {table.Identifier.Namespace}; create view {name} as select * from {await scan.ToSqlAsync(table, null, default)}");
            }

            Assert.Equal(orders, db.Count("select count(distinct order_id) from bronze.orders"));
            Assert.Equal(0, db.Count("select count(*) - count(distinct (order_id, updated_at)) from bronze.orders"));
            Assert.Equal(0, db.Count("select count(*) - count(distinct order_item_id) from bronze.order_items"));
            Assert.Equal(3 * orders, db.Count("select count(*) from bronze.order_items"));
            Assert.Equal(0, db.Count("select count(*) from bronze.order_items anti join bronze.orders using (order_id)"));
            if ((await Store.FindAsync(_run, default))!.Job == "maintain")
                return;
            Assert.Equal(orders, db.Count("select sum(order_count)::bigint from gold.mart_revenue"));
            Assert.Equal(3 * orders, db.Count("select count(*) from silver.int_order_items_enriched"));
        }

        public ValueTask DisposeAsync() => worker.DisposeAsync();

        private async Task EndOfAsync(WorkerProcess process)
        {
            using var patience = new CancellationTokenSource(s_patience);
            while (!process.HasExited && (await Store.FindAsync(_run, default))!.State is not (RunState.Completed or RunState.Failed))
                await Task.Delay(20, patience.Token);
        }
    }
}
