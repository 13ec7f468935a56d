using Floe.ServiceDefaults.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Resilience of outgoing HTTP calls.</summary>
public static class HttpResilienceExtensions
{
    /// <summary>Repeats safe requests on passing faults: see <see cref="StandardResilienceHandler"/>.</summary>
    public static IHttpClientBuilder AddStandardResilience(this IHttpClientBuilder builder) =>
        builder.AddHttpMessageHandler(static () => new StandardResilienceHandler());
}
