using System.Diagnostics;
using System.Globalization;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Scans;

/// <summary>A scan of a table (specification, "Scan Planning"). Immutable: each call gives a new scan.</summary>
public sealed class TableScan
{
    private readonly Table table;
    private readonly Options options;

    internal TableScan(Table table)
        : this(table, new Options())
    {
    }

    private TableScan(Table table, Options options) => (this.table, this.options) = (table, options);

    /// <summary>Reads this snapshot instead of the current one, with the schema that it was written with.</summary>
    public TableScan UseSnapshot(long id) => new(table, options with { SnapshotId = id, OwnSchema = true });

    /// <summary>Reads the snapshot of a branch or tag (specification, "Snapshot References"): a branch with the table's current schema, a tag with
    /// the schema that its snapshot was written with.</summary>
    /// <exception cref="ValidationException">The table has no such branch or tag.</exception>
    public TableScan UseRef(string name)
    {
        if (table.Metadata.Refs.TryGetValue(name, out var reference))
            return new(table, options with { SnapshotId = reference.SnapshotId, OwnSchema = reference.Type == "tag" });
        if (name == SnapshotRef.Main)
            return new(table, options with { SnapshotId = null, OwnSchema = false });
        throw new ValidationException($"The table {table.Identifier} has no branch or tag '{name}'; it has {string.Join(", ", table.Metadata.Refs.Keys.Order(StringComparer.Ordinal).DefaultIfEmpty("none"))}.");
    }

    /// <summary>Reads the snapshot that was current at that time.</summary>
    /// <exception cref="ValidationException">The table had no snapshot yet at that time.</exception>
    public TableScan AsOf(DateTimeOffset time) => table.Metadata.SnapshotAsOf(time) is { } snapshot
        ? UseSnapshot(snapshot.SnapshotId)
        : throw new ValidationException(string.Create(CultureInfo.InvariantCulture, $"The table {table.Identifier} had no snapshot at {time:O}."));

    /// <summary>Reads only the rows that appends added after this snapshot, up to the scan's own (an incremental append scan). Compactions between
    /// changed no rows: the files are read as they were appended.</summary>
    public TableScan AppendedAfter(long id) => new(table, options with { AfterSnapshotId = id });

    /// <summary>Reads only rows that the filter keeps, besides those that filters given before keep. Files that cannot have such a row are left out
    /// of the plan; <see cref="Data.DuckDbScan"/> asks the rest of the rows.</summary>
    public TableScan Filter(Expression filter) => new(table, options with { Filter = Expression.And(options.Filter, filter) });

    /// <summary>Reads only these top level columns, in this order. The filter may name others.</summary>
    public TableScan Select(params IReadOnlyList<string> columns) => new(table, options with { Columns = columns });

    /// <summary>Reads the manifests and gives the files to read.</summary>
    /// <exception cref="ValidationException">The table has no such snapshot or column, or the filter does not fit the schema; or, for an incremental
    /// scan, a snapshot between has expired or is neither an append nor a compaction, so that the difference cannot be told from the files.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable.</exception>
    public async Task<ScanPlan> PlanAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.plan");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        try
        {
            var plan = await PlanFilesAsync(ct);
            Describe(activity, plan);
            return plan;
        }
        catch (CorruptFileException e)
        {
            activity.Fail(e);
            throw e.Of(table.Identifier);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    private static void Describe(Activity? activity, ScanPlan plan)
    {
        if (activity is null)
            return;
        activity.SetTag(LakehouseActivity.SnapshotId, plan.Snapshot?.SnapshotId);
        activity.SetTag(LakehouseActivity.Files, plan.Entries.Count);
        activity.SetTag(LakehouseActivity.Rows, plan.RecordCount);
        activity.SetTag(LakehouseActivity.Bytes, plan.FileSizeInBytes);
        activity.SetTag(LakehouseActivity.Manifests, plan.Metrics.TotalManifests);
        activity.SetTag(LakehouseActivity.SkippedManifests, plan.Metrics.SkippedManifests);
        activity.SetTag(LakehouseActivity.SkippedFiles, plan.Metrics.SkippedFiles);
    }

    private async Task<ScanPlan> PlanFilesAsync(CancellationToken ct)
    {
        var metadata = table.Metadata;
        var snapshot = options.SnapshotId is { } id ? metadata.SnapshotById(id) : metadata.CurrentSnapshot;
        var schema = options.OwnSchema && snapshot?.SchemaId is { } schemaId ? metadata.SchemaById(schemaId) : metadata.Schema;
        var columns = Columns(schema);
        var filter = new ScanFilter(options.Filter.Bind(schema), metadata);
        var since = options.AfterSnapshotId is { } after ? Appends(metadata, snapshot, after) : null;

        var all = since is null
            ? [.. (await SnapshotFiles.ManifestsAsync(snapshot, table.IO, ct)).Where(m => m.HasLiveFiles)]
            : await AppendedAsync(snapshot, since, ct);
        var entries = await SnapshotFiles.EntriesAsync([.. all.Where(filter.Takes)], metadata, table.IO, Takes, ct);
        if (table.Locations is { } locations)
        {
            foreach (var entry in entries.SelectMany(e => e))
                locations.Check(entry.DataFile.FilePath);
        }

        IReadOnlyList<ManifestEntry> data = [.. entries.SelectMany(e => e).Where(e => e.DataFile.Content == DataContent.Data)];
        var deletesByFile = Deletes(data, entries.SelectMany(e => e).Where(e => e.DataFile.Content != DataContent.Data));
        return new ScanPlan(snapshot, schema, data, [.. deletesByFile.Values.SelectMany(d => d).Distinct()])
        {
            Columns = columns,
            Filter = filter.Filter,
            Residual = filter.Residual,
            Metrics = filter.Metrics(all.Count(m => m.Content == ManifestContent.Data)),
            DeletesByFile = deletesByFile,
            HasNameMapping = metadata.Properties.ContainsKey("schema.name-mapping.default"),
            PartitionSpecs = metadata.PartitionSpecs,
        };

        bool Takes(ManifestEntry entry) => entry.IsLive && (since is null || (since.Ids.Contains(entry.SnapshotId!.Value) && (entry.Status == EntryStatus.Added || !since.Rewritten))) && filter.Takes(entry.DataFile);
    }

    /// <summary>The manifests that tell what those appends added.</summary>
    private async Task<IReadOnlyList<ManifestFile>> AppendedAsync(Snapshot? snapshot, Appended since, CancellationToken ct)
    {
        // A compaction writes manifests, and rows, anew: then only each append's own list names what it added. Without one the last list has them all.
        var own = since.Rewritten || since.Appends.Count == 0 ? since.Appends : [snapshot!];
        var manifests = new List<ManifestFile>();
        foreach (var append in own)
            manifests.AddRange((await SnapshotFiles.ManifestsAsync(append, table.IO, ct)).Where(m => m.HasLiveFiles && (since.Rewritten ? m.AddedSnapshotId == append.SnapshotId : since.Ids.Contains(m.AddedSnapshotId))));
        return manifests;
    }

    private Dictionary<string, IReadOnlyList<ManifestEntry>> Deletes(IReadOnlyList<ManifestEntry> data, IEnumerable<ManifestEntry> deletes)
    {
        var index = new DeleteIndex(deletes, spec => table.Metadata.SpecById(spec).IsUnpartitioned);
        var byFile = new Dictionary<string, IReadOnlyList<ManifestEntry>>(StringComparer.Ordinal);
        foreach (var entry in data)
        {
            if (index.For(entry) is { Count: > 0 } found)
                byFile[entry.DataFile.FilePath] = found;
        }

        return byFile;
    }

    private IReadOnlyList<NestedField> Columns(Schema schema)
    {
        if (options.Columns is not { } names)
            return schema.Fields;
        var fields = names.Select(name => schema.FindField(name)
            ?? throw new ValidationException($"The scan of {table.Identifier} selects the column '{name}', which the schema does not have; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.")).ToList();
        if (fields.Count == 0)
            throw new ValidationException($"The scan of {table.Identifier} selects no column; name one at least.");
        if (fields.GroupBy(f => f.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ValidationException($"The scan of {table.Identifier} selects the column '{twice.First().Name}' twice; name it once.");
        return fields;
    }

    /// <summary>The appends after <paramref name="after"/> up to <paramref name="snapshot"/>, newest first.</summary>
    private Appended Appends(TableMetadata metadata, Snapshot? snapshot, long after)
    {
        var appends = new List<Snapshot>();
        var rewritten = false;
        for (var at = snapshot; at?.SnapshotId != after; at = metadata.Snapshots.FirstOrDefault(s => s.SnapshotId == at.ParentSnapshotId))
        {
            if (at is null)
                throw new ValidationException($"The snapshot {after} of {table.Identifier} is not an ancestor of {snapshot?.SnapshotId.ToString(CultureInfo.InvariantCulture) ?? "an empty table"}, or one between them has expired; read the whole table.");
            if (at.Operation == "append")
                appends.Add(at);
            else if (at.Operation == "replace")
                rewritten = true;
            else
                throw new ValidationException($"The snapshot {at.SnapshotId} of {table.Identifier} after {after} is a {at.Operation ?? "change of unknown kind"}, not an append; read the whole table.");
        }

        return new Appended(appends, rewritten);
    }

    /// <summary>What an incremental scan reads.</summary>
    /// <param name="Appends">The snapshots, newest first.</param>
    /// <param name="Rewritten">Whether files were compacted, or manifests rewritten, between or after them.</param>
    private sealed record Appended(IReadOnlyList<Snapshot> Appends, bool Rewritten)
    {
        public HashSet<long> Ids { get; } = [.. Appends.Select(s => s.SnapshotId)];
    }

    private sealed record Options
    {
        public long? SnapshotId { get; init; }

        public bool OwnSchema { get; init; }

        public long? AfterSnapshotId { get; init; }

        public Expression Filter { get; init; } = Expression.AlwaysTrue;

        public IReadOnlyList<string>? Columns { get; init; }
    }
}
