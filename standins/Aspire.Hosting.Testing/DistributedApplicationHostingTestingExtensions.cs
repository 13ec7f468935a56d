using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of a running application.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client of an endpoint; without a name <c>https</c>, else <c>http</c>.</summary>
    /// <exception cref="InvalidOperationException">The application is not started.</exception>
    /// <exception cref="ArgumentException">No such resource or endpoint.</exception>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var address = app.GetEndpoint(resourceName, endpointName);
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = address;
        return client;
    }

    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        app.GetEndpointForNetwork(resourceName, null, endpointName);

    /// <summary>The address as it is seen from a network; null: this machine.</summary>
    public static Uri GetEndpointForNetwork(this DistributedApplication app, string resourceName, NetworkIdentifier? networkIdentifier, string? endpointName = null)
    {
        EnsureStarted(app);
        var resource = Find(app, resourceName) as IResourceWithEndpoints ?? throw new ArgumentException($"Resource '{resourceName}' has no endpoints.", nameof(resourceName));
        var endpoints = resource.GetEndpoints().ToList();
        var endpoint = endpointName is not null
            ? endpoints.Find(e => string.Equals(e.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase))
            : endpoints.Find(e => e.EndpointName == "https") ?? endpoints.Find(e => e.EndpointName == "http");
        if (endpoint is null) throw new ArgumentException($"Endpoint '{endpointName ?? "https or http"}' for resource '{resourceName}' not found.", nameof(endpointName));
        if (!endpoint.IsAllocated) throw new InvalidOperationException($"Endpoint '{endpoint.EndpointName}' for resource '{resourceName}' is not allocated.");
        if (networkIdentifier is null) return new Uri(endpoint.Url);
        var url = endpoint.GetValueAsync(new ValueProviderContext { Network = networkIdentifier }).AsTask().GetAwaiter().GetResult();
        return new Uri(url!);
    }

    public static async ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default)
    {
        var resource = Find(app, resourceName) as IResourceWithConnectionString ?? throw new ArgumentException($"Resource '{resourceName}' does not expose a connection string.", nameof(resourceName));
        return await resource.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IResource Find(DistributedApplication app, string resourceName) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.TryGetByName(resourceName, out var resource)
            ? resource
            : throw new ArgumentException($"Resource '{resourceName}' not found.", nameof(resourceName));

    private static void EnsureStarted(DistributedApplication app)
    {
        if (!app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested)
        {
            throw new InvalidOperationException("The application must be started before resolving endpoints or creating clients.");
        }
    }
}
