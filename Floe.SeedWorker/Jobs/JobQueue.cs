using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Jobs;

/// <summary>Takes runs in and tells the runner that there is work.</summary>
public sealed class JobQueue(RunStore store, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _work = new(0);

    /// <summary>Adds a run.</summary>
    /// <exception cref="IdempotencyConflictException">The key was used for other parameters.</exception>
    public async Task<Run> AddAsync(string job, JsonObject parameters, string trigger, string? idempotencyKey, CancellationToken ct)
    {
        // A request has a span already; a time that has come, or a sensor, has none.
        using var asked = Telemetry.Parent is null ? Telemetry.StartTrigger(job, trigger) : null;
        var run = await store.AddAsync(job, parameters, trigger, idempotencyKey, ct);
        asked?.SetTag(Telemetry.RunId, run.Id);
        await store.MeasureAsync(ct);
        _work.Release();
        return run;
    }

    /// <summary>Says that a run was added to the store.</summary>
    public void Wake() => _work.Release();

    /// <summary>Waits until there may be work: a run was added here, or the time is over (another worker may have added one).</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        try
        {
            await _work.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();
}
