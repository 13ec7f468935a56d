namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>Containers that live together.</summary>
public sealed class PodSpecV1
{
    public List<ContainerV1> InitContainers { get; } = [];

    public List<ContainerV1> Containers { get; } = [];

    public List<VolumeV1> Volumes { get; } = [];

    public PodSecurityContextV1? SecurityContext { get; set; }

    public string? ServiceAccountName { get; set; }

    public bool? AutomountServiceAccountToken { get; set; }

    public string? RestartPolicy { get; set; }

    public string? Hostname { get; set; }

    public string? NodeName { get; set; }

    public long? TerminationGracePeriodSeconds { get; set; }

    public Dictionary<string, string> NodeSelector { get; } = [];

    public List<LocalObjectReferenceV1> ImagePullSecrets { get; } = [];

    public List<TolerationV1> Tolerations { get; } = [];
}

/// <summary>Names an object of the same namespace.</summary>
public sealed class LocalObjectReferenceV1
{
    public string? Name { get; set; }
}

/// <summary>Lets a pod run on a tainted node.</summary>
public sealed class TolerationV1
{
    public string? Key { get; set; }

    public string? Operator { get; set; }

    public string? Value { get; set; }

    public string? Effect { get; set; }

    public long? TolerationSeconds { get; set; }
}

/// <summary>As whom the pod's processes run.</summary>
public sealed class PodSecurityContextV1
{
    public long? RunAsUser { get; set; }

    public long? RunAsGroup { get; set; }

    public bool? RunAsNonRoot { get; set; }

    public long? FsGroup { get; set; }

    public string? FsGroupChangePolicy { get; set; }

    public SeccompProfileV1? SeccompProfile { get; set; }
}

/// <summary>Which system calls are allowed.</summary>
public sealed class SeccompProfileV1
{
    public string? Type { get; set; }

    public string? LocalhostProfile { get; set; }
}

/// <summary>A volume of the pod.</summary>
public sealed class VolumeV1
{
    public string? Name { get; set; }

    public EmptyDirVolumeSourceV1? EmptyDir { get; set; }

    public HostPathVolumeSourceV1? HostPath { get; set; }

    public PersistentVolumeClaimVolumeSourceV1? PersistentVolumeClaim { get; set; }

    public ConfigMapVolumeSourceV1? ConfigMap { get; set; }

    public SecretVolumeSourceV1? Secret { get; set; }
}

/// <summary>A folder that ends with the pod.</summary>
public sealed class EmptyDirVolumeSourceV1
{
    public string? Medium { get; set; }

    public string? SizeLimit { get; set; }
}

/// <summary>A folder of the node.</summary>
public sealed class HostPathVolumeSourceV1
{
    public string? Path { get; set; }

    public string? Type { get; set; }
}

/// <summary>A claimed volume.</summary>
public sealed class PersistentVolumeClaimVolumeSourceV1
{
    public string? ClaimName { get; set; }

    public bool? ReadOnly { get; set; }
}

/// <summary>Files from a ConfigMap.</summary>
public sealed class ConfigMapVolumeSourceV1
{
    public string? Name { get; set; }

    public int? DefaultMode { get; set; }

    public List<KeyToPathV1> Items { get; } = [];
}

/// <summary>Files from a Secret.</summary>
public sealed class SecretVolumeSourceV1
{
    public string? SecretName { get; set; }

    public int? DefaultMode { get; set; }

    public List<KeyToPathV1> Items { get; } = [];
}

/// <summary>A key and the file it becomes.</summary>
public sealed class KeyToPathV1
{
    public string? Key { get; set; }

    public string? Path { get; set; }
}
