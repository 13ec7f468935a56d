using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Floe.Tests.Publishing;

/// <summary>The environment of a resource as the model states it, with addresses as a cluster has them and secrets as <c>{parameter}</c>.</summary>
internal static class ModelVariables
{
    /// <param name="resource">The resource.</param>
    /// <param name="execution">Run or publish.</param>
    /// <param name="host">The address of a resource in the cluster.</param>
    public static async Task<Dictionary<string, string>> OfAsync(IResource resource, DistributedApplicationExecutionContext execution, Func<string, string> host)
    {
        var context = new EnvironmentCallbackContext(execution, resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
            variables[name] = await TextAsync(value, host);
        return variables;
    }

    /// <summary>The port in a pod; a run leaves it open for this repository's services, and pods have 8080 and Cube's 15432.</summary>
    public static int PortOf(EndpointAnnotation endpoint) => endpoint.TargetPort ?? (endpoint.Name == "sql" ? 15432 : 8080);

    private static async Task<string> TextAsync(object? value, Func<string, string> host) => value switch
    {
        null => "",
        string text => text,
        IResourceBuilder<IResource> builder => await TextAsync(builder.Resource, host),
        ParameterResource { Secret: true } secret => $"{{{secret.Name}}}",
        ParameterResource parameter => await parameter.GetValueAsync(default) ?? "",
        EndpointReference endpoint => Endpoint(endpoint, EndpointProperty.Url, host),
        EndpointReferenceExpression expression => Endpoint(expression.Endpoint, expression.Property, host),
        ReferenceExpression expression => string.Format(CultureInfo.InvariantCulture, expression.Format, [.. await Task.WhenAll(expression.ValueProviders.Select(p => TextAsync(p, host)))]),
        ConnectionStringReference reference => await TextAsync(reference.Resource.ConnectionStringExpression, host),
        IResourceWithConnectionString resource => await TextAsync(resource.ConnectionStringExpression, host),
        _ => throw new NotSupportedException($"A variable is a {value.GetType()}."),
    };

    private static string Endpoint(EndpointReference reference, EndpointProperty property, Func<string, string> host)
    {
        var endpoint = reference.Resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == reference.EndpointName);
        var (name, port) = (host(reference.Resource.Name), PortOf(endpoint).ToString(CultureInfo.InvariantCulture));
        return property switch
        {
            EndpointProperty.Url => $"{endpoint.UriScheme}://{name}:{port}",
            EndpointProperty.Host => name,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.HostAndPort => $"{name}:{port}",
            EndpointProperty.Scheme => endpoint.UriScheme,
            _ => throw new NotSupportedException($"{property} has no place in a cluster."),
        };
    }
}
