namespace Floe.AppHost.Polaris;

internal static class PolarisContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Image = "apache/polaris";

    /// <summary>Bootstraps the realm in the database; must have the server's version.</summary>
    public const string AdminToolImage = "apache/polaris-admin-tool";

    public const string Tag = "1.7.0";
}
