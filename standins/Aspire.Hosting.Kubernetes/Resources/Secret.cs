namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>Configuration that only its consumers may read.</summary>
public sealed class Secret() : BaseKubernetesResource("v1", "Secret")
{
    /// <summary>Values in clear; the cluster encodes them.</summary>
    public Dictionary<string, string> StringData { get; } = [];

    /// <summary>Values in base64.</summary>
    public Dictionary<string, string> Data { get; } = [];

    public string? Type { get; set; } = "Opaque";
}
