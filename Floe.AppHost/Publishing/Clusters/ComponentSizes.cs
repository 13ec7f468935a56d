namespace Floe.AppHost.Publishing.Clusters;

/// <summary>What each resource of the model is sure to get and may take at most: kinds and numbers of Floe's charts ("floe.presets" in their <c>_floe.tpl</c>).</summary>
internal static class ComponentSizes
{
    // A JVM with less than this does not start.
    private static readonly ResourceRequirements s_smallJava = new(new("250m", "768Mi"), new("1000m", "1536Mi"));

    /// <summary>Requests and limits of one resource.</summary>
    public static ResourceRequirements Of(IResource resource, ResourcePreset size) => resource switch
    {
        PostgresServerResource or { Name: "cubestore" } => Database(size),
        ProjectResource or { Name: "cube" } => size.UserCode,
        { Name: "polaris" or "polaris-bootstrap" or "marquez" } => Java(size),
        _ => size.Daemon,
    };

    /// <summary>PostgreSQL and Cube Store.</summary>
    internal static ResourceRequirements Database(ResourcePreset size) => new(size.Daemon.Requests, size.UserCode.Limits);

    /// <summary>Polaris and Marquez.</summary>
    internal static ResourceRequirements Java(ResourcePreset size) => size == ResourcePreset.Small ? s_smallJava : size.UserCode;
}
