using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;

namespace Aspire.Hosting.Kubernetes;

/// <summary>What one resource of the model becomes in Kubernetes.</summary>
public class KubernetesResource(string name, IResource target, KubernetesEnvironmentResource environment) : Resource(name), IResourceWithParent<KubernetesEnvironmentResource>
{
    public KubernetesEnvironmentResource Parent { get; } = environment;

    /// <summary>A <see cref="Deployment"/> or <see cref="StatefulSet"/>; replace it to run pods otherwise.</summary>
    public Workload? Workload { get; set; }

    /// <summary>Null when nothing is configured in clear.</summary>
    public ConfigMap? ConfigMap { get; set; }

    /// <summary>Null when nothing is secret.</summary>
    public Secret? Secret { get; set; }

    /// <summary>Null when the resource has no endpoint.</summary>
    public Service? Service { get; set; }

    /// <summary>Further objects, written as files of their own.</summary>
    public List<BaseKubernetesResource> AdditionalResources { get; } = [];

    internal IResource TargetResource { get; } = target;

    internal Dictionary<string, string> Labels { get; } = new(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = "{{ .Chart.Name }}",
        ["app.kubernetes.io/component"] = target.Name,
        ["app.kubernetes.io/instance"] = "{{ .Release.Name }}",
    };

    /// <summary>Claims of the resource's volumes, by the name of the volume.</summary>
    internal List<(string Volume, PersistentVolumeClaim Claim)> Claims { get; } = [];
}
