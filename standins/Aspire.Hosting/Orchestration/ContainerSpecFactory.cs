using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Translates a container resource for DCP.</summary>
internal sealed class ContainerSpecFactory(DistributedApplicationOptions options, IConfiguration configuration, IServiceProvider services)
{
    public async Task<ContainerSpec> CreateAsync(IResource resource, ResourceInstance instance, IReadOnlyList<DcpNameValue> environment, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var persistent = resource.TryGetLastAnnotation<ContainerLifetimeAnnotation>(out var lifetime) && lifetime.Lifetime == ContainerLifetime.Persistent;
        var build = resource.Annotations.OfType<DockerfileBuildAnnotation>().LastOrDefault();
        return new ContainerSpec
        {
            Image = ImageName(resource),
            ContainerName = resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var name) ? name.Name
                : persistent ? $"{resource.Name}-{configuration["AppHost:Sha256"]!.ToLowerInvariant()[..8]}"
                : instance.Name,
            Command = (resource as ContainerResource)?.Entrypoint,
            Args = arguments,
            Env = environment,
            Ports = [.. resource.Annotations.OfType<EndpointAnnotation>().Select(e => new ContainerPort(e.TargetPort!.Value, e.IsProxied ? null : e.Port, e.Protocol.ToString().ToUpperInvariant()))],
            VolumeMounts = [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(m => new ContainerMount(m.Type == ContainerMountType.BindMount ? "bind" : "volume", m.Source, m.Target, m.IsReadOnly))],
            Networks = [new ContainerNetworkRef(ContainerNetwork.Name, [$"{resource.Name}.dev.internal", resource.Name, .. resource.Annotations.OfType<ContainerNetworkAliasAnnotation>().Select(a => a.Alias)])],
            CreateFiles = await FilesAsync(resource, cancellationToken).ConfigureAwait(false),
            RunArgs = RuntimeArguments(resource),
            Build = build is null ? null : new ContainerBuild(build.ContextPath, build.DockerfilePath, build.Stage, [.. build.BuildArguments.Select(a => new DcpNameValue(a.Key, Convert.ToString(a.Value, CultureInfo.InvariantCulture)))], null),
            PullPolicy = PullPolicy(resource),
            Persistent = persistent ? true : null,
        };
    }

    private string ImageName(IResource resource)
    {
        var image = resource.Annotations.OfType<ContainerImageAnnotation>().Last();
        return options.ContainerRegistryOverride is { Length: > 0 } registry
            ? new ContainerImageAnnotation { Image = image.Image, Registry = registry, Tag = image.Tag, SHA256 = image.SHA256 }.FullName
            : image.FullName;
    }

    private static string? PullPolicy(IResource resource) => resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var policy)
        ? policy.ImagePullPolicy switch
        {
            ImagePullPolicy.Always => "always",
            ImagePullPolicy.Missing => "missing",
            ImagePullPolicy.Never => "never",
            _ => null,
        }
        : null;

    private static IReadOnlyList<string>? RuntimeArguments(IResource resource)
    {
        var arguments = new List<object>();
        foreach (var annotation in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>()) annotation.Callback(arguments);
        return arguments.Count == 0 ? null : [.. arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!)];
    }

    private async Task<IReadOnlyList<ContainerCreateFiles>?> FilesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var all = new List<ContainerCreateFiles>();
        foreach (var annotation in resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>())
        {
            var items = await annotation.Callback(new ContainerFileSystemCallbackContext { Model = resource, Services = services }, cancellationToken).ConfigureAwait(false);
            all.Add(new ContainerCreateFiles(annotation.DestinationPath, annotation.DefaultOwner, annotation.DefaultGroup, (int?)annotation.Umask, [.. items.Select(Entry)]));
        }

        return all.Count == 0 ? null : all;
    }

    private static ContainerFileEntry Entry(ContainerFileSystemItem item) => item switch
    {
        ContainerDirectory folder => new("directory", folder.Name, null, null, folder.Owner, folder.Group, Mode(folder), null, [.. folder.Entries.Select(Entry)]),
        ContainerFileBase file => new("file", file.Name, file.Contents, file.SourcePath, file.Owner, file.Group, Mode(file), file.ContinueOnError, null),
        _ => throw new DistributedApplicationException($"The container file '{item.Name}' has the unknown type '{item.GetType()}'."),
    };

    private static int? Mode(ContainerFileSystemItem item) => item.Mode == 0 ? null : (int)item.Mode;
}
