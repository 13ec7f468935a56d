using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.SeedWorker;

/// <summary>What tests do with the parts of a worker: set it up, execute its runs, add batches, read its tables.</summary>
internal static class WorkerParts
{
    /// <summary>The lakehouse and the record of runs are made; nothing runs.</summary>
    public static async Task SetUpAsync(this WebApplication worker)
    {
        await worker.Services.GetRequiredService<LakehouseBootstrap>().RunAsync(default);
        await worker.Services.GetRequiredService<RunStore>().EnsureSchemaAsync(default);
    }

    /// <summary>A run of a job, executed here once, with its end.</summary>
    public static Task<Run> ExecuteAsync(this WebApplication worker, string job, JsonObject parameters) =>
        worker.ExecuteAsync(worker.Services.GetServices<IJob>().Single(j => j.Name == job), parameters);

    /// <inheritdoc cref="ExecuteAsync(WebApplication, string, JsonObject)"/>
    public static async Task<Run> ExecuteAsync(this WebApplication worker, IJob job, JsonObject parameters)
    {
        var store = worker.Services.GetRequiredService<RunStore>();
        await store.AddAsync(job.Name, parameters, "test", null, default);
        var run = (await store.TakeAsync(default))!;
        try
        {
            await job.RunAsync(new RunContext(run, store, TimeProvider.System), default);
            await store.FinishAsync(run.Id, null, default);
        }
        catch (Exception e)
        {
            await store.FinishAsync(run.Id, e.ToString(), default);
        }

        return (await store.FindAsync(run.Id, default))!;
    }

    /// <summary>A batch of orders placed since the last one, without the models.</summary>
    public static async Task<BatchPlan> BatchAsync(this WebApplication worker, long orders, Guid? run = null)
    {
        var (bronze, ingest) = (worker.Services.GetRequiredService<BronzeTables>(), worker.Services.GetRequiredService<BatchIngest>());
        var tables = await bronze.EnsureAsync(default);
        var plan = BronzeTables.LastBatch(tables["orders"])!.Next(orders, DateTimeOffset.UtcNow, new GenerationOptions());
        await ingest.CommitAsync(await ingest.WriteAsync(plan, tables, default), run ?? Guid.NewGuid(), default);
        return plan;
    }

    /// <summary>A database with a view for every table of the lakehouse, over the worker's copies of files if no others are given.</summary>
    public static async Task<DuckDBConnection> ReadAsync(this WebApplication worker, DuckDbScan? files = null)
    {
        var (catalog, scan) = (worker.Services.GetRequiredService<ICatalog>(), files ?? worker.Services.GetRequiredService<DuckDbScan>());
        var db = GeneratedShop.OpenDatabase();
        foreach (var ns in Shop.Namespaces)
        {
            db.Execute($"create schema {ns}");
            foreach (var identifier in await catalog.ListTablesAsync(ns, default))
                db.Execute($"create view {identifier} as select * from {await scan.ToSqlAsync(await catalog.LoadTableAsync(identifier, default), null, default)}");
        }

        return db;
    }
}
