using YamlDotNet.Serialization;

namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>What runs pods.</summary>
public abstract class Workload(string apiVersion, string kind) : BaseKubernetesResource(apiVersion, kind)
{
    [YamlIgnore]
    public abstract PodTemplateSpecV1 PodTemplate { get; }
}

/// <summary>Pods that can be exchanged for each other.</summary>
public sealed class Deployment() : Workload("apps/v1", "Deployment")
{
    public DeploymentSpecV1 Spec { get; set; } = new();

    [YamlIgnore]
    public override PodTemplateSpecV1 PodTemplate => Spec.Template;
}

/// <inheritdoc cref="Deployment"/>
public sealed class DeploymentSpecV1
{
    public PodTemplateSpecV1 Template { get; set; } = new();

    public LabelSelectorV1 Selector { get; set; } = new();

    public int? Replicas { get; set; }

    public int? RevisionHistoryLimit { get; set; }

    public DeploymentStrategyV1? Strategy { get; set; }

    public int? MinReadySeconds { get; set; }

    public int? ProgressDeadlineSeconds { get; set; }
}

/// <summary>How new pods replace old ones.</summary>
public sealed class DeploymentStrategyV1
{
    public string? Type { get; set; }

    public RollingUpdateDeploymentV1? RollingUpdate { get; set; }
}

/// <inheritdoc cref="DeploymentStrategyV1"/>
public sealed class RollingUpdateDeploymentV1
{
    public int? MaxSurge { get; set; }

    public int? MaxUnavailable { get; set; }
}

/// <summary>Pods with an identity and data of their own.</summary>
public sealed class StatefulSet() : Workload("apps/v1", "StatefulSet")
{
    public StatefulSetSpecV1 Spec { get; set; } = new();

    [YamlIgnore]
    public override PodTemplateSpecV1 PodTemplate => Spec.Template;
}

/// <inheritdoc cref="StatefulSet"/>
public sealed class StatefulSetSpecV1
{
    public string? ServiceName { get; set; }

    public PodTemplateSpecV1 Template { get; set; } = new();

    public LabelSelectorV1 Selector { get; set; } = new();

    public int? Replicas { get; set; }

    public int? RevisionHistoryLimit { get; set; }

    public List<PersistentVolumeClaim> VolumeClaimTemplates { get; } = [];

    public string? PodManagementPolicy { get; set; }

    public StatefulSetUpdateStrategyV1? UpdateStrategy { get; set; }
}

/// <summary>How new pods replace old ones.</summary>
public sealed class StatefulSetUpdateStrategyV1
{
    public string? Type { get; set; }
}

/// <summary>What every pod of a workload is made from.</summary>
public sealed class PodTemplateSpecV1
{
    public ObjectMetaV1 Metadata { get; set; } = new();

    public PodSpecV1 Spec { get; set; } = new();
}
