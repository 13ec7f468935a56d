namespace Floe.AppHost.Minio;

internal static class MinioContainerImageTags
{
    /// <summary>MinIO's last public image; other registries have deleted theirs. <c>Floe:ObjectStoreImage</c> chooses another with the same contract.</summary>
    public const string Image = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";
}
