using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Floe.SeedWorker.Jobs;

/// <summary>Readiness: a service that runs need serves this worker.</summary>
public sealed class ServiceCheck(ServiceProbe probe, WorkerState state) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Before that the worker's principal may be unknown and its bucket missing, which is no outage.
        if (!state.IsSetUp)
            return HealthCheckResult.Healthy($"{probe.Name} is asked when the lakehouse is set up");
        return await probe.ProblemAsync(now: false, cancellationToken) is { } problem
            ? HealthCheckResult.Unhealthy(problem)
            : HealthCheckResult.Healthy($"{probe.Name} answers");
    }
}
