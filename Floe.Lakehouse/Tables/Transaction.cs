using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Tables;

/// <summary>A change of a table, made visible by one commit: files added and removed make one snapshot, and metadata change with it. Without calls that
/// are about files it adds no snapshot. Not safe for use by several threads at once; used once.</summary>
public sealed class Transaction : IPendingCommit
{
    private const int WritableVersion = 2;
    private readonly List<DataFile> added = [];
    private readonly Dictionary<string, string> summary = new(StringComparer.Ordinal);
    private readonly SnapshotOutput output;
    private readonly ManifestMerge merge;
    private readonly MetadataChange change;
    private IReadOnlyList<ManifestFile>? addedManifests;
    private FileRemoval? removal;
    private RemovedFiles? removed;
    private ConcurrentChanges? concurrent;
    private string branch = SnapshotRef.Main;
    private bool snapshot;
    private bool fromSnapshot;
    private Func<Table, string?>? rule;

    internal Transaction(Table table)
    {
        Table = table;
        output = new SnapshotOutput(table);
        merge = new ManifestMerge(table, output.SnapshotId, output.WriteManifestAsync);
        change = new MetadataChange(table);
    }

    /// <summary>The table as it was when the transaction began.</summary>
    public Table Table { get; }

    /// <summary>The schema that the table will have after the commit.</summary>
    public Schema Schema => change.Schema ?? Table.Schema;

    /// <summary>The branch that the commit goes to.</summary>
    public string Branch => branch;

    long IPendingCommit.AddedRows => added.Sum(f => f.RecordCount);

    long IPendingCommit.AddedBytes => added.Sum(f => f.FileSizeInBytes);

    /// <summary>Adds data files (operation <c>append</c>). Retried on a newer state of the table when another commit came first.</summary>
    public Transaction Append(IEnumerable<DataFile> files)
    {
        snapshot = true;
        added.AddRange(files);
        return this;
    }

    /// <summary>Removes all current files and adds these. Fails when another commit came first, because it would remove what it never saw.</summary>
    public Transaction Replace(IEnumerable<DataFile> files)
    {
        Remove(new AllFiles());
        return Append(files);
    }

    /// <summary>Removes all files of the partitions that these files are in, and adds these (dynamic overwrite by partition). Of an unpartitioned table
    /// that is everything. Files that were written by an earlier spec stay: their partitions are others. Fails when another commit changed one of these partitions meanwhile; retried when it changed others.</summary>
    public Transaction ReplacePartitions(IEnumerable<DataFile> files)
    {
        IReadOnlyList<DataFile> all = [.. files];
        Remove(new FilesOfPartitions(all.Select(PartitionKey.Of).ToHashSet()));
        return Append(all);
    }

    /// <summary>Removes these files and adds the others, which hold what stays of their rows. Fails when one of the files is not there any more, or rows
    /// of it were deleted by others meanwhile.</summary>
    /// <param name="files">Data files of the table's current snapshot.</param>
    /// <param name="with">Files that come in their place.</param>
    public Transaction RemoveFiles(IEnumerable<DataFile> files, params IReadOnlyCollection<DataFile> with) => RemoveFiles(files, with, shouldHaveSeen: null);

    /// <summary>Changes the table's schema (specification, "Schema Evolution").</summary>
    /// <param name="edit">Calls that say what changes.</param>
    public Transaction UpdateSchema(Action<UpdateSchema> edit)
    {
        var update = new UpdateSchema(Schema, Math.Max(Table.Metadata.LastColumnId, Schema.HighestFieldId), [change.Spec ?? Table.Metadata.PartitionSpec], [change.Order ?? Table.Metadata.SortOrder]);
        edit(update);
        var schema = update.Apply();
        change.Schema = schema.SaysTheSame(Table.Schema) ? null : schema;
        return this;
    }

    /// <summary>Makes this the table's schema (specification, "Schema Evolution"): fields are the same when their ids are. Does nothing when
    /// the current schema has the same fields.</summary>
    public Transaction UpdateSchema(Schema schema)
    {
        change.Schema = schema.SameFields(Table.Schema) ? null : schema;
        return this;
    }

    /// <summary>Changes how new files are partitioned (specification, "Partition Evolution"). Files of the same transaction still follow the old spec.</summary>
    /// <param name="edit">Calls that say what changes.</param>
    public Transaction UpdateSpec(Action<UpdatePartitionSpec> edit)
    {
        var metadata = Table.Metadata;
        var update = new UpdatePartitionSpec(change.FormatVersion ?? metadata.FormatVersion, Schema, metadata.PartitionSpec, metadata.PartitionSpecs, metadata.LastPartitionId);
        edit(update);
        var spec = update.Apply();
        change.Spec = spec.Fields.SequenceEqual(metadata.PartitionSpec.Fields) ? null
            : metadata.PartitionSpecs.FirstOrDefault(s => s.Fields.SequenceEqual(spec.Fields)) ?? spec;
        return this;
    }

    /// <summary>Replaces the order in which rows of new files are sorted (specification, "Sorting").</summary>
    /// <param name="edit">Calls that say by what; none: unsorted.</param>
    public Transaction ReplaceSortOrder(Action<ReplaceSortOrder> edit)
    {
        var update = new ReplaceSortOrder(Schema, Table.Metadata.SortOrders);
        edit(update);
        return SetSortOrder(update.Apply());
    }

    /// <summary>Sets a table property.</summary>
    public Transaction SetProperty(string key, string value)
    {
        change.Set(key, value);
        return this;
    }

    /// <summary>Removes a table property; one that is not there is no error.</summary>
    public Transaction RemoveProperty(string key)
    {
        change.Remove(key);
        return this;
    }

    /// <summary>Changes branches, tags and the current snapshot (specification, "Snapshot References").</summary>
    /// <param name="edit">Calls that say what changes.</param>
    public Transaction ManageSnapshots(Action<ManageSnapshots> edit)
    {
        edit(new ManageSnapshots(Table.Metadata, change.Refs));
        return this;
    }

    /// <summary>Upgrades the table from format version 1 to 2, the highest that is written; other engines that know only 1 cannot read it any more.</summary>
    public Transaction UpgradeFormatVersion()
    {
        change.FormatVersion = Table.Metadata.FormatVersion < WritableVersion ? WritableVersion : null;
        return this;
    }

    /// <summary>Adds the snapshot to this branch instead of <c>main</c>. A branch that is not there begins at the current snapshot.</summary>
    /// <exception cref="ValidationException">The name is a tag's.</exception>
    public Transaction ToBranch(string name)
    {
        if (Table.Metadata.Refs.GetValueOrDefault(name) is { Type: not "branch" } other)
            throw new ValidationException($"'{name}' of the table {Table.Identifier} is a {other.Type}; only branches take commits.");
        branch = name;
        return this;
    }

    /// <summary>Adds a property to the snapshot's summary, for example a run id.</summary>
    public Transaction WithSummary(string key, string value)
    {
        snapshot = true;
        summary[key] = value;
        return this;
    }

    /// <summary>Asks that the table is still at the snapshot that the transaction began with: the commit fails, and is not retried, when it is not.</summary>
    public Transaction ValidateFromSnapshot()
    {
        fromSnapshot = true;
        return this;
    }

    /// <summary>Asks that a rule of the caller's holds in whatever state the commit goes to: the commit fails, and is not retried, when it does not.
    /// Unlike <see cref="ValidateFromSnapshot"/> it lets others' commits come between that the change does not mind, a compaction for example.</summary>
    /// <param name="broken">Why the change does not apply to that state of the table, as a sentence, or null when it does.</param>
    public Transaction Validate(Func<Table, string?> broken)
    {
        rule = broken;
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
        var prepared = await PrepareAsync(ct);
        if (prepared.Updates.Count == 0 && !fromSnapshot)
            return await Table.RefreshAsync(ct);
        var tables = await CommitLoop.RunAsync(activity, [prepared], async (commits, token) => await Table.Catalog.CommitTableAsync(commits[0], token), ct);
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
        catch (Exception e)
        {
            await CommitLoop.CleanAsync(((IPendingCommit)this).DiscardAsync);
            if (e is CorruptFileException corrupt)
                throw corrupt.Of(Table.Identifier);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Manifests of added files are written once and used again; only the list is written anew.</remarks>
    async Task<TableCommit> IPendingCommit.PrepareOnAsync(Table at, CancellationToken ct)
    {
        var metadata = at.Metadata;
        // Where the transaction began, too: nobody asked before.
        if (rule?.Invoke(at) is { } broken)
            throw new CommitFailedException(broken);
        if (!snapshot)
            return MetadataOnly(at);
        if ((change.FormatVersion ?? metadata.FormatVersion) != WritableVersion)
            throw new UnsupportedFormatException($"The table {at.Identifier} has format version {metadata.FormatVersion}; only version {WritableVersion} is written, upgrade the table first.");
        if (change.Refs.ContainsKey(branch))
            throw new ValidationException($"The transaction on {at.Identifier} adds a snapshot to '{branch}' and moves '{branch}' itself; use two transactions.");

        var head = HeadOf(metadata);
        var taking = removal is not null ? removed ??= new RemovedFiles(Table, removal, output) : null;
        await CheckOthersAsync(metadata, head, ct);
        addedManifests ??= await WriteAddedAsync(metadata, ct);
        var parent = head is { } id ? metadata.SnapshotById(id) : null;
        var changed = new SnapshotSummary();
        foreach (var file in added)
            changed.Add(file);

        IReadOnlyList<ManifestFile> live = [.. (await SnapshotFiles.ManifestsAsync(parent, at.IO, ct)).Where(m => m.HasLiveFiles)];
        var kept = taking is null ? await merge.ApplyAsync(metadata, live, ct) : await taking.WriteAsync(metadata, live, changed, ct);
        var operation = (changed.AnyAdded, changed.AnyRemoved) switch
        {
            (true, true) => "overwrite",
            (false, true) => "delete",
            _ => "append",
        };
        var extra = new Dictionary<string, string>(summary, StringComparer.Ordinal);
        foreach (var (key, value) in changed.Partitions(at))
            extra[key] = value;
        return await output.CommitAsync(this, at, [.. addedManifests, .. kept], changed.Build(operation, parent, extra), ct, branch, change);
    }

    /// <inheritdoc/>
    string? IPendingCommit.Conflict(Table now)
    {
        if (now.Metadata.TableUuid != Table.Metadata.TableUuid)
            return $"The table {Table.Identifier} was dropped and created again since the change began; begin it again.";
        var (began, head) = (HeadOf(Table.Metadata), HeadOf(now.Metadata));
        if (head != began && (removal is AllFiles || fromSnapshot))
            return $"Another commit (snapshot {Text(head)}) came to the table {Table.Identifier} after snapshot {Text(began)}, on which this change rests; read the table again and repeat the change.";
        return rule?.Invoke(now) ?? change.Conflict(now.Metadata);
    }

    /// <inheritdoc/>
    bool IPendingCommit.HoldsIn(Table now) => now.Metadata.TableUuid == Table.Metadata.TableUuid && change.HoldsIn(now.Metadata);

    /// <inheritdoc/>
    Task IPendingCommit.KeepAsync(string manifestList) => output.KeepAsync(manifestList);

    /// <inheritdoc/>
    Task IPendingCommit.DiscardAsync() => output.DiscardAsync(added.Select(f => f.FilePath));

    /// <summary>As the public overload, with what the change should have seen of files added by others.</summary>
    internal Transaction RemoveFiles(IEnumerable<DataFile> files, IReadOnlyCollection<DataFile> with, Func<DataFile, bool>? shouldHaveSeen)
    {
        Remove(new NamedFiles(files, shouldHaveSeen));
        return Append(with);
    }

    /// <summary>Makes this the table's sort order.</summary>
    internal Transaction SetSortOrder(SortOrder order)
    {
        change.Order = order.Fields.SequenceEqual(Table.Metadata.SortOrder.Fields) ? null : order;
        return this;
    }

    private static string Text(long? snapshotId) => snapshotId?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private void Remove(FileRemoval what)
    {
        if (removal is not null)
            throw new ValidationException($"The transaction on {Table.Identifier} already removes files; use one transaction for each removal.");
        removal = what;
    }

    private long? HeadOf(TableMetadata metadata) => metadata.Refs.GetValueOrDefault(branch)?.SnapshotId ?? metadata.CurrentSnapshotId;

    private TableCommit MetadataOnly(Table at)
    {
        List<TableRequirement> requirements = [new AssertTableUuid(at.Metadata.TableUuid)];
        List<TableUpdate> updates = [];
        change.Write(at.Metadata, requirements, updates);
        if (fromSnapshot)
            requirements.Add(new AssertRefSnapshotId(branch, Table.Metadata.Refs.GetValueOrDefault(branch)?.SnapshotId));
        return new TableCommit(at.Identifier, requirements, updates) { Origin = this };
    }

    /// <summary>Compares what others committed since with the removal.</summary>
    private async Task CheckOthersAsync(TableMetadata metadata, long? head, CancellationToken ct)
    {
        if (removal is null)
            return;
        concurrent ??= new ConcurrentChanges(Table, HeadOf(Table.Metadata));
        foreach (var (other, entries) in await concurrent.ToAsync(metadata, head, ct))
        {
            if (entries.Select(e => removal.Conflict(other, e)).FirstOrDefault(r => r is not null) is { } reason)
                throw new CommitFailedException($"The change of {Table.Identifier} does not apply any more: {reason}; read the table again and repeat the change.");
        }
    }

    private async Task<IReadOnlyList<ManifestFile>> WriteAddedAsync(TableMetadata metadata, CancellationToken ct)
    {
        var manifests = new List<ManifestFile>();
        foreach (var group in added.GroupBy(f => (f.SpecId, f.Content == DataContent.Data)))
        {
            var spec = metadata.SpecById(group.Key.SpecId);
            var schema = spec.Fields.All(f => Schema.FindField(f.SourceId) is not null) ? Schema : metadata.SchemaFor(spec);
            var writer = new ManifestWriter(spec, schema, group.Key.Item2 ? ManifestContent.Data : ManifestContent.Deletes, output.SnapshotId);
            foreach (var file in group)
                writer.Add(new ManifestEntry(EntryStatus.Added, output.SnapshotId, null, null, file));
            manifests.Add(await output.WriteManifestAsync(writer, ct));
        }

        return manifests;
    }
}
