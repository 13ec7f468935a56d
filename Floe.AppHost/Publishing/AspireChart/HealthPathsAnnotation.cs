namespace Floe.AppHost.Publishing.AspireChart;

/// <summary>By which paths a resource says that it is ready and that it is alive; Aspire keeps only the name of a health check.</summary>
internal sealed record HealthPathsAnnotation(string EndpointName, string Ready, string Live) : IResourceAnnotation;
