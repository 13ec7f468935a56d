using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Publishing;

namespace Aspire.Hosting;

/// <summary>Publishes the application for Kubernetes.</summary>
public static class KubernetesEnvironmentExtensions
{
    /// <summary>Adds a cluster to publish for. When the application runs, the cluster is no part of it.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> AddKubernetesEnvironment(this IDistributedApplicationBuilder builder, string name)
    {
        var environment = new KubernetesEnvironmentResource(name);
        if (builder.ExecutionContext.IsRunMode)
        {
            return builder.CreateResourceBuilder(environment);
        }

        KubernetesValidation.AddStep(builder);
        return builder.AddResource(environment);
    }

    /// <summary>Names the chart and its release.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> WithHelm(this IResourceBuilder<KubernetesEnvironmentResource> builder, Action<HelmChartOptions>? configure = null)
    {
        configure?.Invoke(builder.Resource.Helm);
        return builder;
    }

    /// <summary>Sets the defaults of the published objects.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> WithProperties(this IResourceBuilder<KubernetesEnvironmentResource> builder, Action<KubernetesEnvironmentResource> configure)
    {
        configure(builder.Resource);
        return builder;
    }

    /// <summary>Whether the chart brings an Aspire dashboard.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> WithDashboard(this IResourceBuilder<KubernetesEnvironmentResource> builder, bool enabled = true)
    {
        builder.Resource.DashboardEnabled = enabled;
        return builder;
    }

    /// <summary>Changes the objects of the resource before they are written.</summary>
    public static IResourceBuilder<T> PublishAsKubernetesService<T>(this IResourceBuilder<T> builder, Action<KubernetesResource> configure) where T : IComputeResource
    {
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        KubernetesValidation.AddStep(builder.ApplicationBuilder);
        return builder.WithAnnotation(new KubernetesServiceCustomizationAnnotation(configure));
    }

    /// <summary>Adds storage of the cluster.</summary>
    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<KubernetesPersistentVolumeResource> AddPersistentVolume(this IResourceBuilder<KubernetesEnvironmentResource> builder, string name)
    {
        var volume = new KubernetesPersistentVolumeResource(name, builder.Resource);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode ? builder.ApplicationBuilder.CreateResourceBuilder(volume) : builder.ApplicationBuilder.AddResource(volume);
    }

    /// <summary>For example <c>10Gi</c>.</summary>
    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<KubernetesPersistentVolumeResource> WithCapacity(this IResourceBuilder<KubernetesPersistentVolumeResource> builder, string capacity)
    {
        builder.Resource.Capacity = capacity;
        return builder;
    }

    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<KubernetesPersistentVolumeResource> WithStorageClass(this IResourceBuilder<KubernetesPersistentVolumeResource> builder, string storageClass)
    {
        builder.Resource.StorageClass = storageClass;
        return builder;
    }

    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<KubernetesPersistentVolumeResource> WithAccessMode(this IResourceBuilder<KubernetesPersistentVolumeResource> builder, PersistentVolumeAccessMode accessMode)
    {
        builder.Resource.AccessMode = accessMode;
        return builder;
    }

    /// <summary>The volume stands in for the resource's own volume: the one of the same name, or its only one.</summary>
    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<T> WithPersistentVolume<T>(this IResourceBuilder<T> builder, IResourceBuilder<KubernetesPersistentVolumeResource> volume) where T : IComputeResource =>
        builder.WithAnnotation(new PersistentVolumeMountAnnotation(volume.Resource, null, false));

    /// <summary>Mounts the volume.</summary>
    [Experimental("ASPIRECOMPUTE002")]
    public static IResourceBuilder<T> WithPersistentVolume<T>(this IResourceBuilder<T> builder, IResourceBuilder<KubernetesPersistentVolumeResource> volume, string mountPath, bool isReadOnly = false) where T : IComputeResource =>
        builder.WithAnnotation(new PersistentVolumeMountAnnotation(volume.Resource, mountPath, isReadOnly));
}
