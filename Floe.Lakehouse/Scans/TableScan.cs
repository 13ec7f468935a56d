using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Scans;

/// <summary>What a scan will read.</summary>
/// <param name="Snapshot">The snapshot, or null when the table has none.</param>
/// <param name="Schema">Schema to read with: the current one for the current snapshot, the snapshot's own for an older one.</param>
/// <param name="Entries">Data files with their manifest entry's values filled in.</param>
public sealed record ScanPlan(Snapshot? Snapshot, Schema Schema, IReadOnlyList<ManifestEntry> Entries)
{
    /// <summary>The data files.</summary>
    public IEnumerable<DataFile> Files => Entries.Select(e => e.DataFile);

    /// <summary>Rows of the files.</summary>
    public long RecordCount => Entries.Sum(e => e.DataFile.RecordCount);

    /// <summary>Bytes of the files.</summary>
    public long FileSizeInBytes => Entries.Sum(e => e.DataFile.FileSizeInBytes);
}

/// <summary>A scan of a table (specification, "Scan Planning"). Immutable: each call gives a new scan.</summary>
public sealed class TableScan
{
    private readonly Table table;
    private readonly long? snapshotId;

    internal TableScan(Table table, long? snapshotId = null) => (this.table, this.snapshotId) = (table, snapshotId);

    /// <summary>Reads this snapshot instead of the current one.</summary>
    public TableScan UseSnapshot(long id) => new(table, id);

    /// <summary>Reads the manifests and gives the files to read.</summary>
    public Task<ScanPlan> PlanAsync(CancellationToken ct) => throw new NotImplementedException();
}
