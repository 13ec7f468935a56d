using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Tables;

/// <summary>A change of a table, made visible by one commit. Not safe for use by several threads at once; used once.</summary>
public sealed class Transaction : IPendingCommit
{
    private const int WritableVersion = 2;
    private readonly List<DataFile> added = [];
    private readonly Dictionary<string, string> summary = new(StringComparer.Ordinal);
    private readonly SnapshotOutput output;
    private readonly ManifestMerge merge;
    private IReadOnlyList<ManifestFile>? addedManifests;
    private Schema? newSchema;
    private bool replace;
    private bool fromSnapshot;

    internal Transaction(Table table)
    {
        Table = table;
        output = new SnapshotOutput(table);
        merge = new ManifestMerge(table, output.SnapshotId, output.WriteManifestAsync);
    }

    /// <summary>The table as it was when the transaction began.</summary>
    public Table Table { get; }

    long IPendingCommit.AddedRows => added.Sum(f => f.RecordCount);

    long IPendingCommit.AddedBytes => added.Sum(f => f.FileSizeInBytes);

    /// <summary>Adds data files. Retried on a newer state of the table when another commit came first.</summary>
    public Transaction Append(IEnumerable<DataFile> files)
    {
        added.AddRange(files);
        return this;
    }

    /// <summary>Removes all current files and adds these. Fails when another commit came first, because it would remove what it never saw.</summary>
    public Transaction Replace(IEnumerable<DataFile> files)
    {
        replace = true;
        added.AddRange(files);
        return this;
    }

    /// <summary>Makes this the table's schema (specification, "Schema Evolution"): fields are the same when their ids are. Does nothing when
    /// the current schema has the same fields.</summary>
    public Transaction UpdateSchema(Schema schema)
    {
        newSchema = schema.SameFields(Table.Schema) ? null : schema;
        return this;
    }

    /// <summary>Adds a property to the snapshot's summary, for example a run id.</summary>
    public Transaction WithSummary(string key, string value)
    {
        summary[key] = value;
        return this;
    }

    /// <summary>Asks that the table is still at the snapshot that the transaction began with: the commit fails, and is not retried, when it is not.</summary>
    public Transaction ValidateFromSnapshot()
    {
        fromSnapshot = true;
        return this;
    }

    /// <summary>Commits, and gives the table after the commit.</summary>
    /// <exception cref="CommitFailedException">Another commit came first and the change does not apply any more, or the retries are used up.
    /// Nothing was changed; the manifests and data files of the transaction were removed.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the commit happened could not be found out; its files are kept.</exception>
    public async Task<Table> CommitAsync(CancellationToken ct)
    {
        // One span for preparing and sending: the writes of manifests are children of the commit.
        using var activity = LakehouseActivity.Start("iceberg.commit");
        var tables = await CommitLoop.RunAsync(activity, [await PrepareAsync(ct)], async (commits, token) => await Table.Catalog.CommitTableAsync(commits[0], token), ct);
        return tables[0]!;
    }

    /// <summary>Writes the manifests and gives the commit for <see cref="ICatalog.CommitTransactionAsync"/>, which also removes
    /// them, and the data files, when the commit fails.</summary>
    public async Task<TableCommit> PrepareAsync(CancellationToken ct)
    {
        try
        {
            return await ((IPendingCommit)this).PrepareOnAsync(Table, ct);
        }
        catch
        {
            await CommitLoop.CleanAsync(((IPendingCommit)this).DiscardAsync);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Manifests of added files are written once and used again; only the list is written anew.</remarks>
    async Task<TableCommit> IPendingCommit.PrepareOnAsync(Table at, CancellationToken ct)
    {
        var metadata = at.Metadata;
        if (metadata.FormatVersion != WritableVersion)
            throw new UnsupportedFormatException($"The table {at.Identifier} has format version {metadata.FormatVersion}; only version {WritableVersion} is written, upgrade the table first.");

        var schema = newSchema ?? metadata.Schema;
        addedManifests ??= await WriteAddedAsync(metadata, schema, ct);
        var parent = metadata.CurrentSnapshot;
        var change = new SnapshotSummary();
        foreach (var file in added)
            change.Add(file);

        var current = await SnapshotFiles.ManifestsAsync(parent, at.IO, ct);
        IReadOnlyList<ManifestFile> manifests = replace
            ? [.. addedManifests, .. await WriteRemovedAsync(metadata, schema, current, change, ct)]
            : [.. addedManifests, .. await merge.ApplyAsync(metadata, schema, [.. current.Where(m => m.HasLiveFiles)], ct)];

        var sequence = metadata.LastSequenceNumber + 1;
        var list = await output.WriteListAsync(manifests, parent?.SnapshotId, sequence, ct);

        var operation = (change.AnyAdded, change.AnyRemoved) switch
        {
            (true, true) => "overwrite",
            (false, true) => "delete",
            _ => "append",
        };
        var snapshot = new Snapshot
        {
            SnapshotId = output.SnapshotId,
            ParentSnapshotId = parent?.SnapshotId,
            SequenceNumber = sequence,
            TimestampMs = Math.Max(Table.Time.GetUtcNow().ToUnixTimeMilliseconds(), metadata.LastUpdatedMs),
            ManifestList = list,
            SchemaId = newSchema is null ? metadata.CurrentSchemaId : NextSchemaId(metadata),
            Summary = change.Build(operation, parent, summary),
        };

        List<TableRequirement> requirements = [new AssertTableUuid(metadata.TableUuid), new AssertRefSnapshotId(SnapshotRef.Main, parent?.SnapshotId)];
        List<TableUpdate> updates = [];
        if (newSchema is not null)
        {
            requirements.Add(new AssertCurrentSchemaId(metadata.CurrentSchemaId));
            requirements.Add(new AssertLastAssignedFieldId(metadata.LastColumnId));
            updates.Add(new AddSchema(newSchema.WithId(NextSchemaId(metadata))));
            updates.Add(new SetCurrentSchema(-1));
        }

        updates.Add(new AddSnapshot(snapshot));
        updates.Add(new SetSnapshotRef(SnapshotRef.Main, metadata.Refs.GetValueOrDefault(SnapshotRef.Main) is { } main ? main with { SnapshotId = output.SnapshotId } : new SnapshotRef(output.SnapshotId, "branch")));
        return new TableCommit(Table.Identifier, requirements, updates) { Origin = this };
    }

    /// <inheritdoc/>
    string? IPendingCommit.Conflict(Table now)
    {
        if (now.Metadata.TableUuid != Table.Metadata.TableUuid)
            return $"The table {Table.Identifier} was dropped and created again since the change began; begin it again.";
        if (now.Metadata.CurrentSnapshotId != Table.Metadata.CurrentSnapshotId && (replace || fromSnapshot))
            return $"Another commit (snapshot {now.Metadata.CurrentSnapshotId}) came to the table {Table.Identifier} after snapshot {Table.Metadata.CurrentSnapshotId?.ToString() ?? "none"}, on which this change rests; read the table again and repeat the change.";
        if (newSchema is not null && now.Metadata.CurrentSchemaId != Table.Metadata.CurrentSchemaId)
            return $"The schema of the table {Table.Identifier} was changed since the change began; begin it again.";
        return null;
    }

    /// <inheritdoc/>
    Task IPendingCommit.KeepAsync(string manifestList) => output.KeepAsync(manifestList);

    /// <inheritdoc/>
    Task IPendingCommit.DiscardAsync() => output.DiscardAsync(added.Select(f => f.FilePath));

    private static int NextSchemaId(TableMetadata metadata) => metadata.Schemas.Max(s => s.SchemaId) + 1;

    private async Task<IReadOnlyList<ManifestFile>> WriteAddedAsync(TableMetadata metadata, Schema schema, CancellationToken ct)
    {
        var manifests = new List<ManifestFile>();
        foreach (var group in added.GroupBy(f => (f.SpecId, f.Content == DataContent.Data)))
        {
            var writer = new ManifestWriter(metadata.SpecById(group.Key.SpecId), schema, group.Key.Item2 ? ManifestContent.Data : ManifestContent.Deletes, output.SnapshotId);
            foreach (var file in group)
                writer.Add(new ManifestEntry(EntryStatus.Added, output.SnapshotId, null, null, file));
            manifests.Add(await output.WriteManifestAsync(writer, ct));
        }

        return manifests;
    }

    /// <summary>Manifests that say of every current file that this snapshot removes it. Files of the same kind share one.</summary>
    private async Task<IReadOnlyList<ManifestFile>> WriteRemovedAsync(TableMetadata metadata, Schema schema, IReadOnlyList<ManifestFile> current, SnapshotSummary change, CancellationToken ct)
    {
        IReadOnlyList<ManifestFile> live = [.. current.Where(m => m.HasLiveFiles)];
        var entries = await SnapshotFiles.EntriesAsync(live, metadata, Table.IO, ct);
        var manifests = new List<ManifestFile>();
        foreach (var group in live.Zip(entries).GroupBy(p => (p.First.PartitionSpecId, p.First.Content)))
        {
            var writer = new ManifestWriter(metadata.SpecById(group.Key.PartitionSpecId), schema, group.Key.Content, output.SnapshotId);
            foreach (var entry in group.SelectMany(p => p.Second).Where(e => e.IsLive))
            {
                writer.Add(entry with { Status = EntryStatus.Deleted, SnapshotId = output.SnapshotId });
                change.Remove(entry.DataFile);
            }

            if (writer.Count > 0)
                manifests.Add(await output.WriteManifestAsync(writer, ct));
        }

        return manifests;
    }
}
