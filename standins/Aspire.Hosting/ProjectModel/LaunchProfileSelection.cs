using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>The launch profile that a project runs with.</summary>
internal sealed record LaunchProfileAnnotation(string Name, LaunchProfile Profile) : IResourceAnnotation;

/// <summary>Chooses the launch profile of a project.</summary>
internal static class LaunchProfileSelection
{
    /// <exception cref="DistributedApplicationException">The named profile does not exist.</exception>
    public static LaunchProfileAnnotation? Select(IDistributedApplicationBuilder builder, ProjectResource project, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        if (options.ExcludeLaunchProfile) return null;
        var settings = metadata.LaunchSettings ?? LaunchSettings.Read(metadata.ProjectPath);
        if (options.LaunchProfileName is { } wanted)
        {
            return settings?.Profiles.TryGetValue(wanted, out var named) == true
                ? new(wanted, named)
                : throw new DistributedApplicationException($"The project of resource '{project.Name}' has no launch profile '{wanted}' in Properties/launchSettings.json.");
        }

        if (settings is null) return null;
        var preferred = builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"];
        if (preferred is not null && settings.Profiles.TryGetValue(preferred, out var found)) return new(preferred, found);
        foreach (var (name, profile) in settings.Profiles)
        {
            if (profile.CommandName is null or "Project" or "Executable") return new(name, profile);
        }

        return null;
    }
}
