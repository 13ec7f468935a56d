using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Scans;

/// <summary>What a scan will read.</summary>
/// <param name="Snapshot">The snapshot, or null when the table has none.</param>
/// <param name="Schema">Schema to read with: the current one for the current snapshot, the snapshot's own for an older one.</param>
/// <param name="Entries">Data files with their manifest entries' values filled in, in the order of the snapshot's manifests.</param>
/// <param name="DeleteFiles">Files of row-level deletes (written by others) that apply to the data files.</param>
public sealed record ScanPlan(Snapshot? Snapshot, Schema Schema, IReadOnlyList<ManifestEntry> Entries, IReadOnlyList<ManifestEntry> DeleteFiles)
{
    /// <summary>The data files.</summary>
    public IEnumerable<DataFile> Files => Entries.Select(e => e.DataFile);

    /// <summary>Rows of the data files, deleted ones included.</summary>
    public long RecordCount => Entries.Sum(e => e.DataFile.RecordCount);

    /// <summary>Bytes of the data files.</summary>
    public long FileSizeInBytes => Entries.Sum(e => e.DataFile.FileSizeInBytes);
}
