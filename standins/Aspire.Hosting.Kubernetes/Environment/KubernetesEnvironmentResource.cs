using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Publishing;
using Aspire.Hosting.Pipelines;

namespace Aspire.Hosting.Kubernetes;

/// <summary>A Kubernetes cluster that the application is published for, as a Helm chart.</summary>
public sealed class KubernetesEnvironmentResource : Resource, IComputeEnvironmentResource
{
    public KubernetesEnvironmentResource(string name) : base(name)
    {
        var publisher = new KubernetesPublisher(this);
        Annotations.Add(new PipelineStepAnnotation(_ => publisher.CreateSteps()));
    }

    /// <summary>What volumes become: <c>emptyDir</c> (data is lost with the pod), <c>hostpath</c> or <c>pvc</c>.</summary>
    public string DefaultStorageType { get; set; } = "emptyDir";

    /// <summary>The storage class of claims; null: the cluster's default.</summary>
    public string? DefaultStorageClassName { get; set; }

    /// <summary>The size of claims.</summary>
    public string DefaultStorageSize { get; set; } = "1Gi";

    /// <summary>The access mode of claims.</summary>
    public string DefaultStorageReadWritePolicy { get; set; } = "ReadWriteOnce";

    public string DefaultImagePullPolicy { get; set; } = "IfNotPresent";

    public string DefaultServiceType { get; set; } = "ClusterIP";

    /// <summary>Whether the chart brings an Aspire dashboard that everything sends its telemetry to.</summary>
    public bool DashboardEnabled { get; set; } = true;

    internal HelmChartOptions Helm { get; } = new();
}
