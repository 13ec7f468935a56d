using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Kubernetes;

/// <summary>How a volume may be mounted.</summary>
[Experimental("ASPIRECOMPUTE002")]
public enum PersistentVolumeAccessMode
{
    ReadWriteOnce = 0,
    ReadOnlyMany = 1,
    ReadWriteMany = 2,
    ReadWriteOncePod = 3,
}

/// <summary>Storage of the cluster that outlives the pods which mount it.</summary>
[Experimental("ASPIRECOMPUTE002")]
public sealed class KubernetesPersistentVolumeResource(string name, KubernetesEnvironmentResource environment) : Resource(name), IResourceWithParent<KubernetesEnvironmentResource>
{
    public KubernetesEnvironmentResource Parent { get; } = environment;

    internal string? Capacity { get; set; }

    internal string? StorageClass { get; set; }

    internal PersistentVolumeAccessMode? AccessMode { get; set; }
}

/// <summary>The resource mounts the volume.</summary>
internal sealed class PersistentVolumeMountAnnotation(KubernetesPersistentVolumeResource volume, string? mountPath, bool isReadOnly) : IResourceAnnotation
{
    public KubernetesPersistentVolumeResource Volume { get; } = volume;

    /// <summary>Null: the volume stands in for the resource's own volume of the same name or its only one.</summary>
    public string? MountPath { get; } = mountPath;

    public bool IsReadOnly { get; } = isReadOnly;
}
