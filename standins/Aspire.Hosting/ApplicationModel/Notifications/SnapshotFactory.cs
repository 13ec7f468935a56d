using System.Collections.Immutable;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Makes the first snapshot of a resource and adds to every one what follows from the model.</summary>
internal static class SnapshotFactory
{
    public static CustomResourceSnapshot Initial(IResource resource) =>
        resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var annotation)
            ? annotation.InitialSnapshot
            : new CustomResourceSnapshot { ResourceType = resource.GetResourceType(), Properties = [] };

    public static CustomResourceSnapshot Complete(IResource resource, CustomResourceSnapshot snapshot, CustomResourceSnapshot previous, IServiceProvider services)
    {
        var icon = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault();
        snapshot = snapshot with
        {
            Version = previous.Version + 1,
            HealthReports = WithUnansweredChecks(resource, snapshot.HealthReports),
            Relationships = Relationships(resource, snapshot.Relationships),
            IsHidden = snapshot.IsHidden || resource.HasAnnotationOfType<HiddenResourceAnnotation>(),
            IconName = icon?.IconName ?? snapshot.IconName,
            IconVariant = icon?.IconVariant ?? snapshot.IconVariant,
        };
        return snapshot with { Commands = Commands(resource, snapshot, services) };
    }

    private static ImmutableArray<HealthReportSnapshot> WithUnansweredChecks(IResource resource, ImmutableArray<HealthReportSnapshot> reports)
    {
        foreach (var key in resource.GetHealthCheckKeys())
        {
            if (!reports.Any(r => r.Name == key)) reports = reports.Add(new(key, null, null, null));
        }

        return reports;
    }

    private static ImmutableArray<RelationshipSnapshot> Relationships(IResource resource, ImmutableArray<RelationshipSnapshot> existing)
    {
        var all = existing.ToBuilder();
        if (resource is IResourceWithParent child) Add(all, new(child.Parent.Name, KnownRelationshipTypes.Parent));
        foreach (var relation in resource.Annotations.OfType<ResourceRelationshipAnnotation>()) Add(all, new(relation.Resource.Name, relation.Type));
        return all.ToImmutable();
    }

    private static void Add(ImmutableArray<RelationshipSnapshot>.Builder all, RelationshipSnapshot relation)
    {
        if (!all.Contains(relation)) all.Add(relation);
    }

    private static ImmutableArray<ResourceCommandSnapshot> Commands(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services) =>
    [
        .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
            c.Name,
            c.UpdateState(new UpdateCommandStateContext { ResourceSnapshot = snapshot, Services = services }),
            c.DisplayName,
            c.DisplayDescription,
            c.Parameter,
            c.ConfirmationMessage,
            c.IconName,
            c.IconVariant,
            c.IsHighlighted) { ArgumentInputs = [.. c.Arguments], Visibility = c.Visibility }),
    ];
}

/// <summary>Changes single properties of a snapshot.</summary>
internal static class ResourcePropertySnapshotExtensions
{
    /// <summary>The property replaces the one of the same name, or comes last.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> With(this ImmutableArray<ResourcePropertySnapshot> properties, ResourcePropertySnapshot property)
    {
        for (var i = 0; i < properties.Length; i++)
        {
            if (properties[i].Name == property.Name) return properties.SetItem(i, property);
        }

        return properties.Add(property);
    }

    public static ImmutableArray<ResourcePropertySnapshot> With(this ImmutableArray<ResourcePropertySnapshot> properties, IEnumerable<ResourcePropertySnapshot> more) =>
        more.Aggregate(properties, (all, property) => all.With(property));

    public static ImmutableArray<ResourcePropertySnapshot> Without(this ImmutableArray<ResourcePropertySnapshot> properties, string name) =>
        properties.RemoveAll(p => p.Name == name);
}
