using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using OpenTelemetry;

namespace Floe.SeedWorker.Jobs;

/// <summary>Readiness: the database of runs answers within two seconds.</summary>
public sealed class RunStoreCheck(NpgsqlDataSource database, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A probe is no event of the application.
        using var quiet = SuppressInstrumentationScope.Begin();
        using var patience = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await using var ask = database.CreateCommand("select 1");
            await ask.ExecuteScalarAsync(either.Token);
            return HealthCheckResult.Healthy("PostgreSQL answers");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The driver's words name addresses and users, which are nothing for clients.
            return HealthCheckResult.Unhealthy($"PostgreSQL (ConnectionStrings:floe), where the runs are kept, does not answer within {s_patience.TotalSeconds:0} s");
        }
    }
}
