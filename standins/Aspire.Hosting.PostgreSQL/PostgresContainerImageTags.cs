namespace Aspire.Hosting;

internal static class PostgresContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Image = "library/postgres";
    public const string Tag = "18.3";

    /// <summary>From this major version on the image keeps its data one folder higher.</summary>
    public const int FirstMajorWithVersionedData = 18;
}
