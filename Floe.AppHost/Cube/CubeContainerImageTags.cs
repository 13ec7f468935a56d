namespace Floe.AppHost.Cube;

internal static class CubeContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Image = "cubejs/cube";
    public const string StoreImage = "cubejs/cubestore";

    // Cube and Cube Store are of one version.
    public const string Tag = "v1.7.43";
}
