using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Maintenance;

/// <summary>What <see cref="RemoveOrphanFiles"/> removed, or would remove.</summary>
/// <param name="Orphans">Files that nothing of the table refers to, by location.</param>
/// <param name="ListedFiles">Files below the searched location.</param>
/// <param name="YoungFiles">Files that nothing refers to but that are younger than the guard: a writer may be about to commit them.</param>
public sealed record RemoveOrphanFilesResult(IReadOnlyList<StoredFile> Orphans, int ListedFiles, int YoungFiles)
{
    /// <summary>Bytes of the orphans.</summary>
    public long FileSizeInBytes => Orphans.Sum(f => f.Size);
}
