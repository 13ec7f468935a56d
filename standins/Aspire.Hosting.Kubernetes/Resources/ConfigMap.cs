namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>Configuration in clear.</summary>
public sealed class ConfigMap() : BaseKubernetesResource("v1", "ConfigMap")
{
    public Dictionary<string, string> Data { get; } = [];
}
