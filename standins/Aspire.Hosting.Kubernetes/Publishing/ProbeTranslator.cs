using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Gives the container the resource's probes.</summary>
internal static class ProbeTranslator
{
    public static void Translate(IResource resource, ContainerV1 container, IReadOnlyList<KubernetesPort> ports)
    {
        foreach (var annotation in resource.Annotations.OfType<EndpointProbeAnnotation>())
        {
            var probe = ToProbe(annotation, ports);
            switch (annotation.Type)
            {
                case ProbeType.Liveness:
                    container.LivenessProbe = probe;
                    break;
                case ProbeType.Readiness:
                    container.ReadinessProbe = probe;
                    break;
                case ProbeType.Startup:
                    container.StartupProbe = probe;
                    break;
            }
        }
    }

    private static ProbeV1 ToProbe(EndpointProbeAnnotation annotation, IReadOnlyList<KubernetesPort> ports)
    {
        var reference = annotation.EndpointReference;
        var port = ports.FirstOrDefault(p => string.Equals(p.Endpoint.Name, reference.EndpointName, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException($"A probe of '{reference.Resource.Name}' asks the endpoint '{reference.EndpointName}', which the resource does not have.");

        // An https endpoint that shares the http port speaks HTTP behind the cluster's TLS end.
        var sharesHttp = ports.Any(p => p.Endpoint.UriScheme == "http" && p.Target == port.Target);
        return new ProbeV1
        {
            FailureThreshold = annotation.FailureThreshold,
            SuccessThreshold = annotation.SuccessThreshold,
            InitialDelaySeconds = annotation.InitialDelaySeconds,
            PeriodSeconds = annotation.PeriodSeconds,
            TimeoutSeconds = annotation.TimeoutSeconds,
            HttpGet = new HttpGetActionV1
            {
                Scheme = port.Endpoint.UriScheme == "https" && !sharesHttp ? "HTTPS" : "HTTP",
                Path = annotation.Path,
                Port = port.Target.ToYaml(),
            },
        };
    }
}
