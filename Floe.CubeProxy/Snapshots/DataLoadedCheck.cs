using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Ready when the tables are loaded.</summary>
public sealed class DataLoadedCheck(SnapshotStore store, SnapshotRefresher refresher) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        store.Current is null ? HealthCheckResult.Unhealthy($"The tables are not loaded yet. {refresher.Problem}")
        : refresher.Problem is { } problem ? HealthCheckResult.Healthy($"Answering from the last loaded tables. {problem}")
        : store.Current is { Faults.Count: > 0 } set ? HealthCheckResult.Healthy($"The tables are loaded. {set.Faults.Values.First()}")
        : HealthCheckResult.Healthy("The tables are loaded."));
}
