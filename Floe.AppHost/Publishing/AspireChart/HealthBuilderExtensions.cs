using Floe.AppHost.Publishing.AspireChart;

namespace Aspire.Hosting;

/// <summary>Health of a resource, said once for the dashboard and for the cluster.</summary>
internal static class HealthBuilderExtensions
{
    /// <summary>The path is the resource's health check when it runs, and its probes when it is published.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="ready">Answers 200 when the resource can serve.</param>
    /// <param name="endpointName">The endpoint that is asked.</param>
    /// <param name="live">Answers 200 as long as the process need not be restarted; null: the same path.</param>
    public static IResourceBuilder<T> WithHealth<T>(this IResourceBuilder<T> builder, string ready, string endpointName, string? live = null) where T : IResourceWithEndpoints =>
        builder.WithHttpHealthCheck(ready, endpointName: endpointName).WithAnnotation(new HealthPathsAnnotation(endpointName, ready, live ?? ready));
}
