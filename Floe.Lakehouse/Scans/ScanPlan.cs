using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Scans;

/// <summary>What a scan will read.</summary>
/// <param name="Snapshot">The snapshot, or null when the table has none.</param>
/// <param name="Schema">Schema to read with: the current one for the current snapshot and for branches, the snapshot's own for an older one or a tag.</param>
/// <param name="Entries">Data files with their manifest entries' values filled in, in the order of the snapshot's manifests; those that cannot
/// have a row of the filter are left out.</param>
/// <param name="DeleteFiles">Files of row-level deletes (written by others) that apply to these data files.</param>
public sealed record ScanPlan(Snapshot? Snapshot, Schema Schema, IReadOnlyList<ManifestEntry> Entries, IReadOnlyList<ManifestEntry> DeleteFiles)
{
    /// <summary>The data files.</summary>
    public IEnumerable<DataFile> Files => Entries.Select(e => e.DataFile);

    /// <summary>Rows of the data files, deleted ones and those that the filter does not keep included.</summary>
    public long RecordCount => Entries.Sum(e => e.DataFile.RecordCount);

    /// <summary>Bytes of the data files.</summary>
    public long FileSizeInBytes => Entries.Sum(e => e.DataFile.FileSizeInBytes);

    /// <summary>The columns that were asked for, in that order; all of the schema's without <see cref="TableScan.Select"/>.</summary>
    public IReadOnlyList<NestedField> Columns { get; init; } = Schema.Fields;

    /// <summary>The scan's filter, bound to <see cref="Schema"/>.</summary>
    public Expression Filter { get; init; } = Expression.AlwaysTrue;

    /// <summary>What of the filter must still be asked of the rows: the filter, or <see cref="Expression.AlwaysTrue"/> when every row of every file is known to match.</summary>
    public Expression Residual { get; init; } = Expression.AlwaysTrue;

    /// <summary>What planning left out.</summary>
    public ScanMetrics Metrics { get; init; } = new(0, 0, 0, 0);

    /// <summary>The delete files of each data file that has some, by the data file's location.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<ManifestEntry>> DeletesByFile { get; init; } = new Dictionary<string, IReadOnlyList<ManifestEntry>>();

    /// <summary>Whether the table has files that were taken over from elsewhere, whose columns may have names only.</summary>
    internal bool HasNameMapping { get; init; }

    /// <summary>The table's partition specs, which the files' partition values belong to.</summary>
    internal IReadOnlyList<PartitionSpec> PartitionSpecs { get; init; } = [];
}
