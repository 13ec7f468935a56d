using Floe.AppHost.Publishing.AspireChart;

namespace Aspire.Hosting;

/// <summary>Configuration files of containers.</summary>
internal static class ConfigFileBuilderExtensions
{
    /// <summary>Gives a container a file of this repository, read-only: as a mount in a run, as a ConfigMap where it is published (the publisher has no mounts).</summary>
    /// <param name="container">The container.</param>
    /// <param name="source">The file, relative to the AppHost's folder.</param>
    /// <param name="target">Its path in the container.</param>
    public static IResourceBuilder<T> WithConfigFile<T>(this IResourceBuilder<T> container, string source, string target)
        where T : ContainerResource => container.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? container.WithAnnotation(new ConfigFileAnnotation(Path.GetFullPath(source, container.ApplicationBuilder.AppHostDirectory), target))
            : container.WithBindMount(source, target, isReadOnly: true);
}
