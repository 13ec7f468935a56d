namespace Floe.AppHost.Cube;

internal static class CubeContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Image = "cubejs/cube";
    public const string Tag = "v1.7.43";
}
