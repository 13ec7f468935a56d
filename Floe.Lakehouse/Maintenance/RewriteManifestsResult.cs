namespace Floe.Lakehouse.Maintenance;

/// <summary>What <see cref="RewriteManifests"/> did, or would do.</summary>
/// <param name="RewrittenManifests">Manifests that are replaced.</param>
/// <param name="AddedManifestsCount">Manifests that replace them.</param>
/// <param name="EntriesCount">Entries of those.</param>
/// <param name="SnapshotId">The snapshot that was committed; null for a dry run, or where there was nothing to do.</param>
public sealed record RewriteManifestsResult(IReadOnlyList<MaintainedFile> RewrittenManifests, int AddedManifestsCount, int EntriesCount, long? SnapshotId)
{
    /// <summary>Bytes of the replaced manifests.</summary>
    public long FileSizeInBytes => RewrittenManifests.Sum(f => f.FileSizeInBytes);
}
