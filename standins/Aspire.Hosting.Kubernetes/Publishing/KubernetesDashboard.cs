using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>The Aspire dashboard that a chart brings along.</summary>
internal static class KubernetesDashboard
{
    private const int OtlpGrpcPort = 18889;

    public static ContainerResource Create(KubernetesEnvironmentResource environment)
    {
        var dashboard = new ContainerResource($"{environment.Name}-dashboard");
        dashboard.Annotations.Add(new ContainerImageAnnotation { Registry = "mcr.microsoft.com", Image = "dotnet/nightly/aspire-dashboard", Tag = "13.5" });
        AddEndpoint("http", "http", 18888);
        AddEndpoint("otlp-grpc", "http", OtlpGrpcPort);
        AddEndpoint("otlp-http", "http", 18890);
        return dashboard;

        void AddEndpoint(string name, string scheme, int port) =>
            dashboard.Annotations.Add(new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, scheme, name: name, port: port, targetPort: port));
    }

    /// <summary>The variables that send a resource's telemetry to the dashboard.</summary>
    public static IEnumerable<KeyValuePair<string, object>> TelemetryFor(KubernetesEnvironmentResource environment, IResource resource) =>
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", string.Create(CultureInfo.InvariantCulture, $"http://{HelmNames.Service($"{environment.Name}-dashboard")}:{OtlpGrpcPort}")),
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        new("OTEL_SERVICE_NAME", resource.Name),
    ];
}
