namespace Floe.Lakehouse.Scans;

/// <summary>What planning a scan looked at and what it left out.</summary>
/// <param name="TotalManifests">Manifests of data files with live files in the snapshot.</param>
/// <param name="SkippedManifests">Those not read, because their partitions have no row of the filter.</param>
/// <param name="SkippedByPartition">Files of the read manifests left out by their partition.</param>
/// <param name="SkippedByBounds">Files of the read manifests left out by their columns' bounds and counts.</param>
public sealed record ScanMetrics(int TotalManifests, int SkippedManifests, int SkippedByPartition, int SkippedByBounds)
{
    /// <summary>Files of the read manifests that were left out.</summary>
    public int SkippedFiles => SkippedByPartition + SkippedByBounds;
}
