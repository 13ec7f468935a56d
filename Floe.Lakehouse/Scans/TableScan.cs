using System.Globalization;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Scans;

/// <summary>A scan of a table (specification, "Scan Planning"). Immutable: each call gives a new scan.</summary>
public sealed class TableScan
{
    private readonly Table table;
    private readonly long? snapshotId;
    private readonly long? afterSnapshotId;

    internal TableScan(Table table, long? snapshotId = null, long? afterSnapshotId = null) =>
        (this.table, this.snapshotId, this.afterSnapshotId) = (table, snapshotId, afterSnapshotId);

    /// <summary>Reads this snapshot instead of the current one.</summary>
    public TableScan UseSnapshot(long id) => new(table, id, afterSnapshotId);

    /// <summary>Reads the snapshot that was current at that time.</summary>
    /// <exception cref="ValidationException">The table had no snapshot yet at that time.</exception>
    public TableScan AsOf(DateTimeOffset time) => table.Metadata.SnapshotAsOf(time) is { } snapshot
        ? UseSnapshot(snapshot.SnapshotId)
        : throw new ValidationException(string.Create(CultureInfo.InvariantCulture, $"The table {table.Identifier} had no snapshot at {time:O}."));

    /// <summary>Reads only the rows that appends added after this snapshot, up to the scan's own (an incremental append scan).</summary>
    public TableScan AppendedAfter(long id) => new(table, snapshotId, id);

    /// <summary>Reads the manifests and gives the files to read.</summary>
    /// <exception cref="ValidationException">The table has no such snapshot; or, for an incremental scan, a snapshot between
    /// has expired or is not an append, so that the difference cannot be told from the files.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable.</exception>
    public async Task<ScanPlan> PlanAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.plan");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        try
        {
            var metadata = table.Metadata;
            var snapshot = snapshotId is { } id ? metadata.SnapshotById(id) : metadata.CurrentSnapshot;
            var schema = snapshotId is not null && snapshot?.SchemaId is { } schemaId ? metadata.SchemaById(schemaId) : metadata.Schema;
            var since = afterSnapshotId is { } after ? Appends(metadata, snapshot, after) : null;
            IReadOnlyList<ManifestFile> manifests =
            [
                .. (await SnapshotFiles.ManifestsAsync(snapshot, table.IO, ct)).Where(m => m.HasLiveFiles && (since is null || since.Contains(m.AddedSnapshotId))),
            ];
            var entries = (await SnapshotFiles.EntriesAsync(manifests, metadata, table.IO, ct))
                .SelectMany(e => e)
                .Where(e => e.IsLive && (since is null || since.Contains(e.SnapshotId!.Value)))
                .ToLookup(e => e.DataFile.Content == DataContent.Data);
            var plan = new ScanPlan(snapshot, schema, [.. entries[true]], [.. entries[false]]);
            activity?.SetTag(LakehouseActivity.SnapshotId, snapshot?.SnapshotId);
            activity?.SetTag(LakehouseActivity.Files, plan.Entries.Count);
            activity?.SetTag(LakehouseActivity.Rows, plan.RecordCount);
            activity?.SetTag(LakehouseActivity.Bytes, plan.FileSizeInBytes);
            return plan;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    /// <summary>Ids of the snapshots from <paramref name="after"/>, left out, to <paramref name="snapshot"/>.</summary>
    private HashSet<long> Appends(TableMetadata metadata, Snapshot? snapshot, long after)
    {
        var ids = new HashSet<long>();
        for (var at = snapshot; at?.SnapshotId != after; at = metadata.Snapshots.FirstOrDefault(s => s.SnapshotId == at.ParentSnapshotId))
        {
            if (at is null)
                throw new ValidationException($"The snapshot {after} of {table.Identifier} is not an ancestor of {snapshot?.SnapshotId.ToString(CultureInfo.InvariantCulture) ?? "an empty table"}, or one between them has expired; read the whole table.");
            if (at.Operation != "append")
                throw new ValidationException($"The snapshot {at.SnapshotId} of {table.Identifier} after {after} is a {at.Operation ?? "change of unknown kind"}, not an append; read the whole table.");
            ids.Add(at.SnapshotId);
        }

        return ids;
    }
}
