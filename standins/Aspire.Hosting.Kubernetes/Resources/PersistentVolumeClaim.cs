namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>A claim on storage that outlives pods.</summary>
public sealed class PersistentVolumeClaim() : BaseKubernetesResource("v1", "PersistentVolumeClaim")
{
    public PersistentVolumeClaimSpecV1 Spec { get; set; } = new();
}

/// <inheritdoc cref="PersistentVolumeClaim"/>
public sealed class PersistentVolumeClaimSpecV1
{
    /// <summary>Null: the cluster's default class.</summary>
    public string? StorageClassName { get; set; }

    public List<string> AccessModes { get; } = [];

    public VolumeResourceRequirementsV1 Resources { get; set; } = new();
}

/// <summary>How much storage.</summary>
public sealed class VolumeResourceRequirementsV1
{
    public Dictionary<string, string> Requests { get; } = [];

    public Dictionary<string, string> Limits { get; } = [];
}
