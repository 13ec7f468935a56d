using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>Addresses on which a project listens.</summary>
internal static class ProjectUrl
{
    /// <summary>Accepts Kestrel's wildcards (<c>http://*:5000</c>, <c>http://+:5000</c>).</summary>
    public static Uri Parse(string url, string resource) =>
        Uri.TryCreate(url.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            ? uri
            : throw new DistributedApplicationException($"The URL '{url}' in the launch profile or Kestrel configuration of resource '{resource}' is not valid. Expected for example http://localhost:5000.");

    /// <summary>Tells ASP.NET Core where to listen: behind DCP's proxy that is a port that DCP allocates.</summary>
    public static void SetListeningUrls(ProjectResource project, Dictionary<string, object> variables)
    {
        var filters = project.Annotations.OfType<EndpointEnvironmentInjectionFilterAnnotation>().Select(f => f.Filter).ToList();
        var endpoints = project.GetEndpoints().Where(e => e.Scheme is "http" or "https" && filters.TrueForAll(f => f(e.EndpointAnnotation))).ToList();
        if (endpoints.Count == 0) return;
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in endpoints)
        {
            if (!urls.IsEmpty) urls.AppendLiteral(";");
            urls.Append($"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        variables["ASPNETCORE_URLS"] = urls.Build();
        if (endpoints.Find(e => e.Scheme == "https") is { } https) variables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
    }
}
