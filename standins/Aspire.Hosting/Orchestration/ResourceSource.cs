using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ProjectModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The properties that the dashboard shows as a resource's source, in its order and with its names.</summary>
internal static class ResourceSource
{
    public static IEnumerable<ResourcePropertySnapshot> Properties(IResource resource) => resource switch
    {
        ProjectResource project =>
        [
            Highlighted(KnownProperties.Project.Path, project.Annotations.OfType<IProjectMetadata>().LastOrDefault()?.ProjectPath, "Project path", 0),
            Highlighted(KnownProperties.Project.LaunchProfile, project.Annotations.OfType<LaunchProfileAnnotation>().LastOrDefault()?.Name, "Launch profile", 1),
        ],
        _ when resource.TryGetContainerImageName(out var image) =>
        [
            Highlighted(KnownProperties.Container.Image, image, "Container image", 0),
            Highlighted(KnownProperties.Container.Lifetime, resource.TryGetLastAnnotation<ContainerLifetimeAnnotation>(out var lifetime) ? lifetime.Lifetime.ToString() : "Session", "Container lifetime", 5),
        ],
        ExecutableResource executable =>
        [
            Highlighted(KnownProperties.Executable.Path, executable.Command, "Executable path", 0),
            Highlighted(KnownProperties.Executable.WorkDir, executable.WorkingDirectory, "Working directory", 1),
        ],
        _ => [],
    };

    public static IEnumerable<ResourcePropertySnapshot> ProcessProperties(IResource resource, Dcp.ExecutableSpec spec, Dcp.ExecutableStatus? status)
    {
        ImmutableArray<string> arguments = [.. status?.EffectiveArgs ?? spec.Args ?? []];
        return resource is ProjectResource
            ?
            [
                new(KnownProperties.Executable.Path, spec.ExecutablePath),
                new(KnownProperties.Executable.WorkDir, spec.WorkingDirectory),
                new(KnownProperties.Executable.Args, arguments) { IsSensitive = true },
                Highlighted(KnownProperties.Executable.Pid, status?.Pid, "Process ID", 2),
            ]
            :
            [
                Highlighted(KnownProperties.Executable.Path, spec.ExecutablePath, "Executable path", 0),
                Highlighted(KnownProperties.Executable.WorkDir, spec.WorkingDirectory, "Working directory", 1),
                Highlighted(KnownProperties.Executable.Args, arguments, "Executable arguments", 2) with { IsSensitive = true },
                Highlighted(KnownProperties.Executable.Pid, status?.Pid, "Process ID", 3),
            ];
    }

    public static IEnumerable<ResourcePropertySnapshot> ContainerProperties(Dcp.ContainerSpec spec, Dcp.ContainerStatus? status) =>
    [
        Highlighted(KnownProperties.Container.Image, spec.Image, "Container image", 0),
        Highlighted(KnownProperties.Container.Id, status?.ContainerId, "Container ID", 1),
        Highlighted(KnownProperties.Container.Command, spec.Command, "Container command", 2),
        Highlighted(KnownProperties.Container.Args, (ImmutableArray<string>)[.. status?.EffectiveArgs ?? spec.Args ?? []], "Container arguments", 3) with { IsSensitive = true },
        Highlighted(KnownProperties.Container.Ports, (ImmutableArray<int>)[.. spec.Ports?.Select(p => p.ContainerPortNumber) ?? []], "Container ports", 4),
        Highlighted(KnownProperties.Container.Lifetime, spec.Persistent == true ? "Persistent" : "Session", "Container lifetime", 5),
    ];

    private static ResourcePropertySnapshot Highlighted(string name, object? value, string displayName, int order) =>
        new(name, value) { DisplayName = displayName, IsHighlighted = true, SortOrder = order };
}
