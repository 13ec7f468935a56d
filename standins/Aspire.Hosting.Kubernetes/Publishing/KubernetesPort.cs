using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>A port number, or the values path of one that is chosen when the chart is installed.</summary>
internal readonly record struct PortNumber(int? Number, string? ValuesPath)
{
    public static implicit operator PortNumber(int number) => new(number, null);

    /// <summary>As part of a text.</summary>
    public string InText => Number?.ToString(CultureInfo.InvariantCulture) ?? $"{{{{ {ValuesPath} }}}}";

    /// <summary>As a text of its own in a ConfigMap.</summary>
    public string AsText => Number?.ToString(CultureInfo.InvariantCulture) ?? $"{{{{ {ValuesPath} | int | toString }}}}";

    public bool IsTemplate => Number is null;

    public Int32OrStringV1 ToYaml() => Number is { } number ? new Int32OrStringV1(number) : new Int32OrStringV1($"{{{{ {ValuesPath} | int }}}}");
}

/// <summary>One endpoint of a resource as the cluster reaches it.</summary>
/// <param name="Endpoint">The endpoint in the model.</param>
/// <param name="Target">Where the container listens.</param>
/// <param name="Public">Where the service listens.</param>
internal sealed record KubernetesPort(EndpointAnnotation Endpoint, PortNumber Target, PortNumber Public)
{
    private const int FirstProjectPort = 8080;

    public string Protocol => Endpoint.Protocol == ProtocolType.Udp ? "UDP" : "TCP";

    /// <summary>The ports of a resource in the order of its endpoints; a project's ports without number become values.</summary>
    /// <exception cref="DistributedApplicationException">A container's endpoint has no target port.</exception>
    public static IReadOnlyList<KubernetesPort> Of(IResource resource, HelmValues values)
    {
        List<KubernetesPort> ports = [];
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var target = endpoint.TargetPort is { } number ? number : Allocate(resource, endpoint, ports, values);
            ports.Add(new KubernetesPort(endpoint, target, endpoint.Port is { } fixedPort ? fixedPort : target));
        }

        return ports;
    }

    private static PortNumber Allocate(IResource resource, EndpointAnnotation endpoint, List<KubernetesPort> ports, HelmValues values)
    {
        if (resource is not ProjectResource)
        {
            return endpoint.Port ?? throw new DistributedApplicationException(
                $"The endpoint '{endpoint.Name}' of resource '{resource.Name}' must specify the TargetPort value: the port on which the container listens.");
        }

        // A published project speaks HTTP; TLS ends before it, so its https endpoint is the http one.
        if (endpoint.UriScheme == "https" && ports.Find(p => p.Endpoint.UriScheme == "http" && p.Target.IsTemplate) is { } http)
        {
            return http.Target;
        }

        var number = FirstProjectPort + ports.Count(p => p.Target.IsTemplate);
        return new PortNumber(null, values.Set(HelmValues.Parameters, resource.Name, $"port_{endpoint.Name}", number));
    }
}
