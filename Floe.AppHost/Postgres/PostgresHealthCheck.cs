using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Floe.AppHost.Postgres;

/// <summary>Healthy when a query is answered over the address and with the credentials that every consumer gets.</summary>
internal sealed class PostgresHealthCheck(EmbeddedPostgresResource server) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connectionString = await server.ConnectionStringExpression.GetValueAsync(cancellationToken);
            // Not pooled: a check every 30 s need not hold one of the server's connections.
            await using var connection = new NpgsqlConnection($"{connectionString};Database=postgres;Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
