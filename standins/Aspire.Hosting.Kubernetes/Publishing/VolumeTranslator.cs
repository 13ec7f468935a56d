using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Gives the pod the resource's volumes: by default the environment's storage type, or the persistent volume that was bound to it.</summary>
internal sealed class VolumeTranslator(KubernetesResource kubernetes, PodSpecV1 pod, ContainerV1 container, ILogger logger)
{
    private const int SharedGroup = 2000;

    private readonly KubernetesEnvironmentResource _environment = kubernetes.Parent;
    private readonly IResource _resource = kubernetes.TargetResource;

    /// <exception cref="DistributedApplicationException">A mount that cannot be published.</exception>
    public void Translate()
    {
        List<PersistentVolumeMountAnnotation> bound = [.. _resource.Annotations.OfType<PersistentVolumeMountAnnotation>()];
        List<ContainerMountAnnotation> mounts = [.. _resource.Annotations.OfType<ContainerMountAnnotation>()];
        foreach (var mount in mounts)
        {
            Check(mount);
            var standIn = bound.Find(b => b.MountPath is null && (b.Volume.Name == mount.Source || mounts.Count == 1));
            if (standIn is not null)
            {
                bound.Remove(standIn);
                Mount(standIn.Volume, mount.Target, mount.IsReadOnly || standIn.IsReadOnly);
            }
            else
            {
                AddVolume(mount.Source!, mount.Target, mount.IsReadOnly);
            }
        }

        foreach (var rest in bound)
        {
            var path = rest.MountPath ?? throw new DistributedApplicationException(
                $"Resource '{_resource.Name}' has no volume that the persistent volume '{rest.Volume.Name}' stands in for; give WithPersistentVolume a mount path.");
            Mount(rest.Volume, path, rest.IsReadOnly);
        }
    }

    private void Check(ContainerMountAnnotation mount)
    {
        if (mount.Type == ContainerMountType.BindMount)
        {
            throw new DistributedApplicationException(
                $"Resource '{_resource.Name}' mounts the folder '{mount.Source}' of this machine. Bind mounts are not supported by the Kubernetes publisher; use a volume, or add the mount in run mode only.");
        }

        if (string.IsNullOrEmpty(mount.Source))
        {
            throw new DistributedApplicationException($"Resource '{_resource.Name}' has a volume without a name at '{mount.Target}'. Volume source and target must be set; name the volume.");
        }
    }

    private void AddVolume(string source, string target, bool isReadOnly)
    {
        var name = HelmNames.Volume(source);
        var volume = new VolumeV1 { Name = name };
        switch (_environment.DefaultStorageType.ToLowerInvariant())
        {
            case "emptydir":
                logger.LogWarning("The volume '{Volume}' of '{Resource}' is published as emptyDir: its data is lost with the pod. Set DefaultStorageType to pvc to keep it.", source, _resource.Name);
                volume.EmptyDir = new EmptyDirVolumeSourceV1();
                break;
            case "hostpath":
                volume.HostPath = new HostPathVolumeSourceV1 { Path = target, Type = "DirectoryOrCreate" };
                break;
            case "pvc":
                var claim = NewClaim(HelmNames.Claim(_resource.Name, source), _environment.DefaultStorageClassName, _environment.DefaultStorageReadWritePolicy, _environment.DefaultStorageSize, kubernetes.Labels);
                kubernetes.Claims.Add((name, claim));
                volume.PersistentVolumeClaim = new PersistentVolumeClaimVolumeSourceV1 { ClaimName = claim.Metadata.Name };
                break;
            default:
                throw new DistributedApplicationException($"The storage type '{_environment.DefaultStorageType}' of '{_environment.Name}' is unknown; DefaultStorageType is emptyDir, hostpath or pvc.");
        }

        pod.Volumes.Add(volume);
        AddMount(name, target, isReadOnly);
    }

    private void Mount(KubernetesPersistentVolumeResource volume, string target, bool isReadOnly)
    {
        var name = HelmNames.Volume(volume.Name);
        pod.Volumes.Add(new VolumeV1 { Name = name, PersistentVolumeClaim = new PersistentVolumeClaimVolumeSourceV1 { ClaimName = name } });
        pod.SecurityContext ??= new PodSecurityContextV1 { FsGroup = SharedGroup, FsGroupChangePolicy = "OnRootMismatch" };
        AddMount(name, target, isReadOnly);
    }

    private void AddMount(string name, string target, bool isReadOnly) =>
        container.VolumeMounts.Add(new VolumeMountV1 { Name = name, MountPath = target, ReadOnly = isReadOnly ? true : null });

    /// <summary>A claim as the chart writes it.</summary>
    public static PersistentVolumeClaim NewClaim(string name, string? storageClass, string accessMode, string size, Dictionary<string, string> labels)
    {
        var claim = new PersistentVolumeClaim { Metadata = EnvironmentTranslator.Metadata(name, labels) };
        claim.Spec.StorageClassName = storageClass;
        claim.Spec.AccessModes.Add(accessMode);
        claim.Spec.Resources.Requests["storage"] = size;
        return claim;
    }
}
