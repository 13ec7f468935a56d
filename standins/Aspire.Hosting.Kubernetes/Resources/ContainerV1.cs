namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>A container of a pod.</summary>
public sealed class ContainerV1
{
    public List<string> Command { get; } = [];

    public string? Image { get; set; }

    public ProbeV1? LivenessProbe { get; set; }

    public string? Name { get; set; }

    public ProbeV1? ReadinessProbe { get; set; }

    public ProbeV1? StartupProbe { get; set; }

    public List<EnvVarV1> Env { get; } = [];

    public List<EnvFromSourceV1> EnvFrom { get; } = [];

    public List<string> Args { get; } = [];

    public List<ContainerPortV1> Ports { get; } = [];

    public ResourceRequirementsV1? Resources { get; set; }

    public List<VolumeMountV1> VolumeMounts { get; } = [];

    public string? ImagePullPolicy { get; set; }

    public SecurityContextV1? SecurityContext { get; set; }

    public LifecycleV1? Lifecycle { get; set; }

    public string? WorkingDir { get; set; }
}

/// <summary>An environment variable.</summary>
public sealed class EnvVarV1
{
    public string? Name { get; set; }

    public string? Value { get; set; }

    public EnvVarSourceV1? ValueFrom { get; set; }
}

/// <summary>Where a variable's value comes from.</summary>
public sealed class EnvVarSourceV1
{
    public KeySelectorV1? ConfigMapKeyRef { get; set; }

    public KeySelectorV1? SecretKeyRef { get; set; }

    public ObjectFieldSelectorV1? FieldRef { get; set; }
}

/// <summary>A key of a ConfigMap or Secret.</summary>
public sealed class KeySelectorV1
{
    public string? Name { get; set; }

    public string? Key { get; set; }

    public bool? Optional { get; set; }
}

/// <summary>A field of the pod itself.</summary>
public sealed class ObjectFieldSelectorV1
{
    public string? FieldPath { get; set; }
}

/// <summary>All keys of a ConfigMap or Secret as variables.</summary>
public sealed class EnvFromSourceV1
{
    public LocalObjectReferenceV1? ConfigMapRef { get; set; }

    public LocalObjectReferenceV1? SecretRef { get; set; }

    public string? Prefix { get; set; }
}

/// <summary>A port that the container listens on.</summary>
public sealed class ContainerPortV1
{
    public string? Name { get; set; }

    public string? Protocol { get; set; }

    public Int32OrStringV1? ContainerPort { get; set; }
}

/// <summary>Where a volume appears in the container.</summary>
public sealed class VolumeMountV1
{
    public string? Name { get; set; }

    public string? MountPath { get; set; }

    public string? SubPath { get; set; }

    public bool? ReadOnly { get; set; }
}

/// <summary>CPU and memory: <c>requests</c> are reserved, <c>limits</c> not exceeded.</summary>
public sealed class ResourceRequirementsV1
{
    public Dictionary<string, string> Limits { get; } = [];

    public Dictionary<string, string> Requests { get; } = [];
}

/// <summary>What a container's processes may do.</summary>
public sealed class SecurityContextV1
{
    public bool? AllowPrivilegeEscalation { get; set; }

    public CapabilitiesV1? Capabilities { get; set; }

    public bool? Privileged { get; set; }

    public bool? ReadOnlyRootFilesystem { get; set; }

    public bool? RunAsNonRoot { get; set; }

    public long? RunAsUser { get; set; }

    public long? RunAsGroup { get; set; }

    public SeccompProfileV1? SeccompProfile { get; set; }
}

/// <summary>Rights of root that are given or taken.</summary>
public sealed class CapabilitiesV1
{
    public List<string> Add { get; } = [];

    public List<string> Drop { get; } = [];
}

/// <summary>What is done after the start and before the end.</summary>
public sealed class LifecycleV1
{
    public LifecycleHandlerV1? PostStart { get; set; }

    public LifecycleHandlerV1? PreStop { get; set; }
}

/// <inheritdoc cref="LifecycleV1"/>
public sealed class LifecycleHandlerV1
{
    public ExecActionV1? Exec { get; set; }

    public HttpGetActionV1? HttpGet { get; set; }
}
