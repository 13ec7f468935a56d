namespace Floe.Lakehouse.Maintenance;

/// <summary>What <see cref="ExpireSnapshots"/> did, or would do.</summary>
public sealed record ExpireSnapshotsResult
{
    /// <summary>Ids of the expired snapshots, oldest first.</summary>
    public required IReadOnlyList<long> Snapshots { get; init; }

    /// <summary>Names of the expired branches and tags.</summary>
    public required IReadOnlyList<string> Refs { get; init; }

    /// <summary>Data files that no remaining snapshot refers to.</summary>
    public required IReadOnlyList<MaintainedFile> DataFiles { get; init; }

    /// <summary>Files of row-level deletes, likewise.</summary>
    public required IReadOnlyList<MaintainedFile> DeleteFiles { get; init; }

    /// <summary>Manifests, likewise.</summary>
    public required IReadOnlyList<MaintainedFile> Manifests { get; init; }

    /// <summary>Manifest lists of the expired snapshots.</summary>
    public required IReadOnlyList<MaintainedFile> ManifestLists { get; init; }

    /// <summary>Statistics of the expired snapshots.</summary>
    public required IReadOnlyList<MaintainedFile> StatisticsFiles { get; init; }

    /// <summary>Metadata files that fall out of the table's metadata log with the commit.</summary>
    public required IReadOnlyList<MaintainedFile> MetadataFiles { get; init; }

    /// <summary>All files.</summary>
    public IEnumerable<MaintainedFile> Files => [.. DataFiles, .. DeleteFiles, .. Manifests, .. ManifestLists, .. StatisticsFiles, .. MetadataFiles];

    /// <summary>Bytes of all files.</summary>
    public long FileSizeInBytes => Files.Sum(f => f.FileSizeInBytes);

    /// <summary>Nothing to do.</summary>
    internal static ExpireSnapshotsResult Nothing { get; } = new()
    {
        Snapshots = [], Refs = [], DataFiles = [], DeleteFiles = [], Manifests = [], ManifestLists = [], StatisticsFiles = [], MetadataFiles = [],
    };
}
