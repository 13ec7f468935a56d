using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>Appends a batch of orders placed since the batch before, and builds the marts.</summary>
public sealed class GenerateJob(
    BronzeTables bronze, BatchIngest ingest, TransformPipeline transform, IOptions<GenerationOptions> options, TimeProvider time, ILogger<GenerateJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "generate";

    /// <summary>Orders of a batch when nobody says how many.</summary>
    public const int DefaultOrders = 100;

    /// <summary>Orders of the smallest batch.</summary>
    public const int LeastOrders = 1;

    /// <summary>Orders of the largest batch.</summary>
    public const int MostOrders = 10_000;

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request) =>
        new() { ["orders"] = JobParameters.Whole(JobParameters.Members(request, "orders"), "orders", DefaultOrders, LeastOrders, MostOrders) };

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var tables = await bronze.EnsureAsync(ct);
        var orders = tables[Shop.Orders.Name];
        if (BronzeTables.BatchesOf(orders, run.Id) is [var done, ..])
        {
            log.LogInformation("generate: batch {Batch} of this run is committed already", done.Number);
        }
        else
        {
            var previous = BronzeTables.LastBatch(orders)
                ?? throw new InvalidOperationException("The tables are not seeded yet, so there are no customers to order; run the job 'seed' first.");
            var plan = previous.Next(run.Parameters["orders"]!.GetValue<long>(), time.GetUtcNow(), options.Value);
            var (batch, _) = await run.IngestAsync(ingest, plan, tables, ct);
            log.LogInformation(
                "generate: batch {Batch} with {Orders:N0} orders, {Items:N0} items committed in {Seconds:0.0} s",
                plan.Number, batch.Rows(Shop.Orders), batch.Rows(Shop.OrderItems), time.GetElapsedTime(started).TotalSeconds);
        }

        await transform.RunAsync(run, ct);
    }
}
