using System.Globalization;
using Floe.SeedWorker.Jobs;
using OpenTelemetry;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>Orders that are placed now are in the answer seconds later.</summary>
internal sealed class BatchCheck(CubeApi cube, JobQueue queue, RunStore runs, TimeProvider time) : IEvidenceCheck
{
    /// <summary>Who asked for the run.</summary>
    public const string Trigger = "evidence";

    /// <summary>Detail: the run.</summary>
    public const string RunDetail = "run";

    /// <summary>Detail: its trace.</summary>
    public const string TraceDetail = "traceId";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public string Name => "batch";

    public string Compared => "orders that /load counts before and after a new batch; time from the trigger to the answer";

    public EvidenceStage Stage => EvidenceStage.Batch;

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        var before = await cube.OrdersAsync(request, ct);
        var started = time.GetTimestamp();
        var run = await StartAsync(request.Orders, ct);
        var (expected, now, answered) = (before + request.Orders, before, TimeSpan.Zero);
        // Looking whether it has arrived is no event.
        using var quiet = SuppressInstrumentationScope.Begin();
        try
        {
            while (run.State is RunState.Pending or RunState.Running || (run.State is RunState.Completed && now < expected))
            {
                if (now < expected && (now = await cube.OrdersAsync(request, ct)) >= expected)
                    answered = time.GetElapsedTime(started);
                if (now < expected)
                    await Task.Delay(s_pause, time, ct);
                run = await runs.FindAsync(run.Id, ct) ?? run;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && now < expected)
        {
            return Result($"{now} orders, and the run {run.Id} is {run.State.ToString().ToLowerInvariant()}", holds: false);
        }

        return run.State is RunState.Failed
            ? Result($"{now} orders: the run failed: {run.Error}", holds: false)
            : Result($"{now} orders after {answered.TotalMilliseconds:0} ms", holds: now >= expected);

        async Task<Run> StartAsync(int orders, CancellationToken stop)
        {
            // A trace of its own, as any run has: not one with all that is verified beside it.
            using var asked = Telemetry.StartTrigger(GenerateJob.JobName, Trigger);
            return await queue.AddAsync(GenerateJob.JobName, new() { ["orders"] = (long)orders }, Trigger, null, stop);
        }

        Finding Result(string actual, bool holds) => new($"{before} + {request.Orders} = {expected} orders", actual)
        {
            Holds = holds,
            Details = new Dictionary<string, string>
            {
                [RunDetail] = run.Id.ToString(), [TraceDetail] = run.TraceId ?? "", ["latencyMs"] = answered.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
                ["steps"] = string.Join(", ", run.Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Name} {s.DurationMs:0} ms"))),
            },
        };
    }
}
