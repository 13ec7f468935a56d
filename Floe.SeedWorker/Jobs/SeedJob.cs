using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>Fills empty tables with the first batch and builds the marts. Tables that are seeded are left alone.</summary>
public sealed class SeedJob(
    BronzeTables bronze, BatchIngest ingest, TransformPipeline transform, IOptions<GenerationOptions> options, TimeProvider time, ILogger<SeedJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "seed_demo_data";

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        JobParameters.Members(request);
        return [];
    }

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var tables = await bronze.EnsureAsync(ct);
        if (BronzeTables.LastBatch(tables[Shop.Orders.Name]) is { } last)
        {
            log.LogInformation("{Job}: the tables have batch {Batch} already, nothing to generate", JobName, last.Number);
        }
        else
        {
            var plan = BatchPlan.First(options.Value, time.GetUtcNow());
            var (batch, snapshots) = await run.IngestAsync(ingest, plan, tables, ct);
            log.LogInformation(
                "{Job}: {Customers:N0} customers, {Products:N0} products, {Orders:N0} orders, {Items:N0} items committed in {Seconds:0.0} s (snapshots {Snapshots})",
                JobName, batch.Rows(Shop.Customers), batch.Rows(Shop.Products), batch.Rows(Shop.Orders), batch.Rows(Shop.OrderItems),
                time.GetElapsedTime(started).TotalSeconds, string.Join(", ", snapshots.Values.Select(s => s.ToString(CultureInfo.InvariantCulture))));
        }

        await transform.RunAsync(run, ct);
    }
}
