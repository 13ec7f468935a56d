using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>Appends orders placed since the batch before, as one batch or as a burst of one batch per second, and builds the marts.</summary>
public sealed class GenerateJob(
    BronzeTables bronze, BatchIngest ingest, TransformPipeline transform, IOptions<GenerationOptions> options, TimeProvider time, ILogger<GenerateJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "generate_orders";

    /// <summary>Orders of a batch when nobody says how many.</summary>
    public const int DefaultOrders = 100;

    /// <summary>Orders of the smallest batch.</summary>
    public const int LeastOrders = 1;

    /// <summary>Orders of the largest batch, and most orders per second of a burst.</summary>
    public const int MostOrders = 10_000;

    /// <summary>Seconds of the longest burst.</summary>
    public const int MostSeconds = 3_600;

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        var members = JobParameters.Members(request, "orders", "rate", "seconds");
        if (!members.ContainsKey("rate") && !members.ContainsKey("seconds"))
            return new() { ["orders"] = JobParameters.Whole(members, "orders", DefaultOrders, LeastOrders, MostOrders) };
        if (members.TryGetValue("orders", out var orders))
            throw new JobParameterException("orders", JobParameters.Shown(orders), "a run takes either orders, or rate (orders per second) and seconds");
        return new()
        {
            ["rate"] = JobParameters.Whole(members, "rate", null, LeastOrders, MostOrders),
            ["seconds"] = JobParameters.Whole(members, "seconds", null, 1, MostSeconds),
        };
    }

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var tables = await bronze.EnsureAsync(ct);
        if (BronzeTables.LastBatch(tables[Shop.Orders.Name]) is null)
            throw new JobRefusedException($"The tables are not seeded yet, so there are no customers to order; run the job '{SeedJob.JobName}' first.");
        var done = BronzeTables.BatchesOf(tables[Shop.Orders.Name], run.Id);
        if (run.Parameters["rate"] is { } rate)
            await run.StepAsync("burst", step => BurstAsync(run, step, rate.GetValue<long>(), run.Parameters["seconds"]!.GetValue<long>(), done.Sum(b => b.Orders), ct));
        else if (done is [var batch, ..])
            log.LogInformation("{Job}: batch {Batch} of this run is committed already", JobName, batch.Number);
        else
            await BatchAsync(run, tables, ct);

        await transform.RunAsync(run, ct);
    }

    private async Task BatchAsync(RunContext run, IReadOnlyDictionary<string, Table> tables, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var plan = Next(tables, run.Parameters["orders"]!.GetValue<long>());
        var (batch, _) = await run.IngestAsync(ingest, plan, tables, ct);
        log.LogInformation(
            "{Job}: batch {Batch} with {Orders:N0} orders, {Items:N0} items committed in {Seconds:0.0} s",
            JobName, plan.Number, batch.Rows(Shop.Orders), batch.Rows(Shop.OrderItems), time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>A batch at every second. One that comes late brings what was due meanwhile, too, so that the rate holds and the total is exact.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">Its step.</param>
    /// <param name="rate">Orders per second.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="before">Orders that the run committed before it was interrupted.</param>
    private async Task<int> BurstAsync(RunContext run, StepReport step, long rate, long seconds, long before, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var (left, placed, batches) = (rate * seconds - before, 0L, 0);
        while (placed < left)
        {
            var due = Math.Min(left, rate * ((long)time.GetElapsedTime(started).TotalSeconds + 1));
            if (due > placed)
            {
                // Anew each time: another table state, another counter.
                var tables = await bronze.EnsureAsync(ct);
                await ingest.CommitAsync(await ingest.WriteAsync(Next(tables, due - placed), tables, ct), run.Id, ct);
                (placed, batches) = (due, batches + 1);
                (step.Rows, step.Detail) = (before + placed, $"{before + placed} of {rate * seconds} orders, {batches} batches");
                await step.PublishAsync();
            }

            var next = TimeSpan.FromSeconds((double)placed / rate) - time.GetElapsedTime(started);
            if (next > TimeSpan.Zero)
                await Task.Delay(next, time, ct);
        }

        var took = time.GetElapsedTime(started).TotalSeconds;
        step.Detail = FormattableString.Invariant($"{placed} orders in {took:0.00} s: {placed / Math.Max(took, 0.001):0.0} a second, {batches} batches{(before > 0 ? $"; {before} orders before the run was interrupted" : "")}");
        log.LogInformation("{Job}: burst of {Detail}", JobName, step.Detail);
        return batches;
    }

    private BatchPlan Next(IReadOnlyDictionary<string, Table> tables, long orders) =>
        BronzeTables.LastBatch(tables[Shop.Orders.Name])!.Next(orders, time.GetUtcNow(), options.Value);
}
