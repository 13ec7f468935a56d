using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One run of a resource under DCP.</summary>
/// <param name="Name">The instance's id: <c>{resource}-{suffix}</c>.</param>
/// <param name="Suffix">Also telemetry's <c>service.instance.id</c>.</param>
/// <param name="Index">Counts replicas from 0.</param>
internal sealed record ResourceInstance(string Name, string Suffix, int Index);

/// <summary>The instances of a resource; fixed at first use so that a restart keeps their rows.</summary>
internal sealed class ResourceInstancesAnnotation(ImmutableArray<ResourceInstance> instances) : IResourceAnnotation
{
    public ImmutableArray<ResourceInstance> Instances { get; } = instances;
}

internal static class ResourceInstances
{
    private static readonly Lock Lock = new();

    public static ImmutableArray<ResourceInstance> GetInstances(this IResource resource)
    {
        lock (Lock)
        {
            if (resource.TryGetLastAnnotation<ResourceInstancesAnnotation>(out var annotation)) return annotation.Instances;
            if (!resource.RunsUnderDcp()) return [new ResourceInstance(resource.Name, "", 0)];
            ImmutableArray<ResourceInstance> instances = [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(index => Create(resource, index))];
            resource.Annotations.Add(new ResourceInstancesAnnotation(instances));
            return instances;
        }
    }

    public static IEnumerable<string> GetInstanceNames(this IResource resource) => resource.GetInstances().Select(i => i.Name);

    private static ResourceInstance Create(IResource resource, int index)
    {
        var suffix = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8);
        return new ResourceInstance($"{resource.Name}-{suffix}", suffix, index);
    }
}
