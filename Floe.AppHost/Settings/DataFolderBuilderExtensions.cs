using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>What a service keeps on this machine.</summary>
internal static class DataFolderBuilderExtensions
{
    /// <summary>Sets a variable to a folder of the data directory, so that two stacks never share it; where there is no data directory the service's default holds.</summary>
    /// <param name="service">The service.</param>
    /// <param name="variable">Its setting.</param>
    /// <param name="folder">Below the data directory.</param>
    public static IResourceBuilder<ProjectResource> WithDataFolder(this IResourceBuilder<ProjectResource> service, string variable, params string[] folder) =>
        service.ApplicationBuilder.GetFloeStack().Data is { } data
            ? service.WithEnvironment(variable, Path.Combine([data.For(folder[0]), .. folder[1..]]))
            : service;
}
