namespace Floe.Lakehouse.Maintenance;

/// <summary>What <see cref="RewriteDataFiles"/> did, or would do.</summary>
/// <param name="Groups">The groups of files, in the order in which they are rewritten.</param>
/// <param name="SnapshotId">The snapshot that was committed; null for a dry run, or where there was nothing to do.</param>
public sealed record RewriteDataFilesResult(IReadOnlyList<RewrittenGroup> Groups, long? SnapshotId)
{
    /// <summary>Files that are replaced.</summary>
    public int RewrittenFilesCount => Groups.Sum(g => g.RewrittenFiles.Count);

    /// <summary>Bytes of those.</summary>
    public long RewrittenBytes => Groups.Sum(g => g.RewrittenFiles.Sum(f => f.FileSizeInBytes));

    /// <summary>Files that replace them; a group whose rows are all deleted needs none.</summary>
    public int AddedFilesCount => Groups.Sum(g => g.AddedFile is null ? 0 : 1);

    /// <summary>Bytes of those; 0 for a dry run, which does not know them.</summary>
    public long AddedBytes => Groups.Sum(g => g.AddedFile?.FileSizeInBytes ?? 0);
}

/// <summary>Files of one partition that become one.</summary>
/// <param name="SpecId">Their partition spec.</param>
/// <param name="Partition">Their partition values.</param>
/// <param name="RewrittenFiles">The files, oldest first: the order of their rows in the new file.</param>
/// <param name="RecordCount">Rows of those, deleted ones included.</param>
/// <param name="AddedFile">The new file; null for a dry run, or when no row is left.</param>
public sealed record RewrittenGroup(int SpecId, IReadOnlyList<object?> Partition, IReadOnlyList<MaintainedFile> RewrittenFiles, long RecordCount, MaintainedFile? AddedFile);
