using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Floe.SeedWorker.Jobs;

/// <summary>Whether the worker can be relied on: set up, and its first seeding did not fail.</summary>
public sealed class WorkerState : IHealthCheck
{
    private volatile string? _waitingFor = "the lakehouse is being set up";
    private volatile string? _seedFailure;
    private readonly TaskCompletionSource _setUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the lakehouse is set up.</summary>
    public bool IsSetUp => _waitingFor is null;

    /// <summary>The lakehouse is set up.</summary>
    public void BootstrapDone()
    {
        _waitingFor = null;
        _setUp.TrySetResult();
    }

    /// <summary>Waits until the lakehouse is set up.</summary>
    public Task WhenSetUpAsync(CancellationToken ct) => _setUp.Task.WaitAsync(ct);

    /// <summary>Whether there was no run to do for a moment.</summary>
    public bool WasIdle => _idle.Task.IsCompleted;

    /// <summary>There is no run to do.</summary>
    public void Idle() => _idle.TrySetResult();

    /// <summary>Waits until the worker had nothing to do for the first time.</summary>
    public Task WhenIdleAsync(CancellationToken ct) => _idle.Task.WaitAsync(ct);

    /// <summary>How the seeding of empty tables ended.</summary>
    public void SeedEnded(string? error) => _seedFailure = error;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        _waitingFor is { } waiting ? HealthCheckResult.Unhealthy(waiting)
        : _seedFailure is { } failure ? HealthCheckResult.Unhealthy($"the seeding failed: {failure}")
        : HealthCheckResult.Healthy("the lakehouse is set up"));
}
