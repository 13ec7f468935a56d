using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Healthy when the external service answers with the expected status.</summary>
internal sealed class ExternalServiceHealthCheck(IHttpClientFactory clients, ExternalServiceResource service, string? path, int expectedStatus) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var uri = await service.GetUriAsync(cancellationToken).ConfigureAwait(false);
            using var client = clients.CreateClient(EndpointHealthCheck.ClientName);
            using var response = await client.GetAsync(path is null ? uri : new Uri(uri, path), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return (int)response.StatusCode == expectedStatus
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The service answered {(int)response.StatusCode} instead of {expectedStatus}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or DistributedApplicationException)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The service did not answer in time.");
        }
    }
}
