using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Describes a project of the solution that the AppHost can run.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Null: read from the project's folder.</summary>
    LaunchSettings? LaunchSettings => null;

    /// <summary>Whether the project is already built when the AppHost starts.</summary>
    bool SuppressBuild => false;

    bool IsFileBasedApp => false;
}

/// <summary>A project that is named by its path.</summary>
internal sealed record ProjectMetadata(string ProjectPath) : IProjectMetadata;

/// <summary>How the launch profile and the endpoints of a project are found.</summary>
public class ProjectResourceOptions
{
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }

    public bool ExcludeKestrelEndpoints { get; set; }
}
