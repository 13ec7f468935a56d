namespace Floe.AppHost.Postgres;

internal static class PostgresContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Image = "library/postgres";

    /// <summary>The major version that the embedded binaries have too.</summary>
    public const string Tag = "18.4";
}
