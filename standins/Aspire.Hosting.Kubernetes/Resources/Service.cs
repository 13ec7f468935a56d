namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>A stable name and address of pods.</summary>
public sealed class Service() : BaseKubernetesResource("v1", "Service")
{
    public ServiceSpecV1 Spec { get; set; } = new();
}

/// <inheritdoc cref="Service"/>
public sealed class ServiceSpecV1
{
    public string? Type { get; set; }

    public Dictionary<string, string> Selector { get; } = [];

    public List<ServicePortV1> Ports { get; } = [];

    public string? ClusterIP { get; set; }
}

/// <summary>A port of a service.</summary>
public sealed class ServicePortV1
{
    public string? Name { get; set; }

    public string? Protocol { get; set; }

    public Int32OrStringV1? Port { get; set; }

    public Int32OrStringV1? TargetPort { get; set; }

    public int? NodePort { get; set; }
}
