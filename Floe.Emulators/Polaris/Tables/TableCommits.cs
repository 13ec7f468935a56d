using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables.Metadata;
using Floe.Emulators.Polaris.Tables.Requirements;
using Floe.Emulators.Polaris.Tables.Updates;
using Npgsql;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>
/// Commits changes of one or several tables, all or nothing. The next metadata files are written first; then one database transaction swaps
/// every pointer, each only where its version is still the one that the change was made on. Losers delete their files and try again on the
/// new state, as long as their requirements hold there.
/// </summary>
internal sealed partial class TableCommits(PolarisDatabase database, MetadataFiles files, TimeProvider time, ILogger<TableCommits> logger)
{
    private const int Retries = 4;

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(10);

    /// <param name="authorize">Called once per change with the table's path (or the namespace's, for a table to be made) before anything is read from storage.</param>
    /// <returns>The tables in the order of their first change.</returns>
    /// <exception cref="PolarisException">400, 403, 404, 409, or 500 CommitStateUnknownException.</exception>
    public async Task<IReadOnlyList<CommittedTable>> CommitAsync(
        SecurablePath catalog, IReadOnlyList<TableChange> changes, Action<TableChange, SecurablePath, bool> authorize, CancellationToken cancellationToken)
    {
        var settings = catalog.Catalog.Storage();
        for (var attempt = 0; ; attempt++)
        {
            var pending = await PrepareAsync(catalog, settings, changes, authorize, cancellationToken);
            var writes = pending.Where(p => p.NewLocation is not null).ToList();
            if (writes.Count == 0)
                return pending.ConvertAll(p => p.Unchanged());
            if (await WriteAndSwapAsync(catalog, settings, writes, cancellationToken) is { } committed)
            {
                foreach (var write in writes)
                    files.Remember(write.NewLocation!, write.Content!);
                await files.DiscardAsync(settings, writes.SelectMany(w => w.Outdated));
                return pending.ConvertAll(p => p.NewLocation is null ? p.Unchanged() : new(committed[p.Identifier.ToString()], p.NewLocation, p.Content!));
            }

            if (attempt == Retries)
                throw PolarisException.CommitFailed($"{string.Join(", ", writes.Select(w => w.Identifier))}: other commits were faster {attempt + 1} times; refresh and commit again");
            await Task.Delay(s_firstDelay * (1 << attempt) * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
        }
    }

    /// <summary>Enters a table whose first metadata is complete.</summary>
    /// <exception cref="PolarisException">403: its place is taken; 404: the namespace is gone; 409 AlreadyExistsException.</exception>
    public async Task<CommittedTable> CreateAsync(SecurablePath ns, TableIdentifier identifier, MetadataDraft draft, CancellationToken cancellationToken)
    {
        var settings = ns.Catalog.Storage();
        var table = new PendingTable(identifier, ns, null, draft);
        table.Complete(settings);
        var committed = await WriteAndSwapAsync(new([ns.Catalog]), settings, [table], cancellationToken) ?? throw PolarisException.AlreadyExists($"Table already exists: {identifier}");
        files.Remember(table.NewLocation!, table.Content!);
        return new(committed[identifier.ToString()], table.NewLocation!, table.Content!);
    }

    private async Task<List<PendingTable>> PrepareAsync(
        SecurablePath catalog, StorageSettings settings, IReadOnlyList<TableChange> changes, Action<TableChange, SecurablePath, bool> authorize, CancellationToken cancellationToken)
    {
        var pending = new List<PendingTable>();
        foreach (var change in changes)
        {
            var table = pending.Find(p => p.Identifier.ToString() == change.Identifier.ToString());
            if (table is null)
                pending.Add(table = await LoadAsync(catalog, settings, change, authorize, cancellationToken));
            else
                authorize(change, table.Entity is null ? table.Namespace : table.Namespace.Then(table.Entity), table.Entity is null);
            foreach (var requirement in change.Requirements)
                TableRequirements.Check(requirement, table.Entity is null && !table.Draft.Changed ? null : table.Draft.Json);
            foreach (var update in change.Updates)
                TableUpdates.Apply(table.Draft, update);
        }

        foreach (var table in pending)
            table.Complete(settings);
        return pending;
    }

    private async Task<PendingTable> LoadAsync(
        SecurablePath catalog, StorageSettings settings, TableChange change, Action<TableChange, SecurablePath, bool> authorize, CancellationToken cancellationToken)
    {
        if (TableRequirements.AssertsCreate(change.Requirements))
        {
            var ns = await database.Direct.NamespaceAsync(catalog, change.Identifier.Namespace, cancellationToken);
            authorize(change, ns, true);
            if (await database.Direct.FindTableAsync(ns, change.Identifier.Name, cancellationToken) is null)
            {
                Namespaces.ObjectName.Check(change.Identifier.Name);
                var version = change.Updates.Where(u => u.OptionalString("action") == "upgrade-format-version").Select(u => u.RequiredInt("format-version")).DefaultIfEmpty(2).First();
                var blank = NewTable.Blank(Math.Clamp(version, 1, MetadataDraft.NewestFormatVersion));
                blank["location"] = $"{ns.Leaf.Location}/{change.Identifier.Name}";
                return new(change.Identifier, ns, null, new(blank, null, time));
            }
        }

        var path = await database.Direct.TableAsync(catalog, change.Identifier, cancellationToken);
        authorize(change, path, false);
        var location = path.Leaf.MetadataLocation();
        var metadata = ExistingTable.Normalize(await files.ParseUnverifiedAsync(settings, location, cancellationToken), location);
        return new(change.Identifier, new(path.Entities.Take(path.Entities.Count - 1).ToList()), path.Leaf, new(metadata, location, time));
    }

    /// <returns>The new entities by identifier, or null where another commit was faster: then nothing was changed and no file is left.</returns>
    private async Task<Dictionary<string, Entity>?> WriteAndSwapAsync(SecurablePath catalog, StorageSettings settings, List<PendingTable> writes, CancellationToken cancellationToken)
    {
        var locations = writes.ConvertAll(w => w.NewLocation!);
        try
        {
            // Nothing is built on a version whose file is gone; asked beside the writing, it costs no time.
            await Task.WhenAll(
            [
                .. writes.Select(w => files.WriteAsync(settings, w.NewLocation!, w.Content!, cancellationToken)),
                .. writes.Where(w => w.Draft.FileLocation is not null).Select(w => files.VerifyAsync(settings, w.Draft.FileLocation!, cancellationToken)),
            ]);
            cancellationToken.ThrowIfCancellationRequested();
            var committed = await SwapAsync(catalog, writes);
            if (committed is null)
                await files.DiscardAsync(settings, locations);
            return committed;
        }
        catch (Exception e) when (e is not PolarisException { Type: "CommitStateUnknownException" } && !writes.Exists(w => w.Committed))
        {
            await files.DiscardAsync(settings, locations);
            if (e is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
                throw PolarisException.NoSuchNamespace(writes.Find(w => w.Entity is null)!.Identifier.Namespace);
            throw;
        }
    }

    private async Task<Dictionary<string, Entity>?> SwapAsync(SecurablePath catalog, List<PendingTable> writes)
    {
        // From here on the client's going away must not stop the work half-way.
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        var store = database.Within(connection, transaction);
        var committed = new Dictionary<string, Entity>(StringComparer.Ordinal);
        if (writes.Any(w => w.Moves))
            await store.LockPlacementAsync(catalog.Catalog.Id, CancellationToken.None);
        // In one order everywhere, so that two transactions over the same tables cannot wait for each other.
        foreach (var write in writes.OrderBy(w => w.Entity?.Id ?? long.MaxValue).ThenBy(w => w.Identifier.ToString(), StringComparer.Ordinal))
        {
            if (write.Entity is null && await store.FindTableAsync(write.Namespace, write.Identifier.Name, CancellationToken.None) is not null)
                return null;
            if (write.Moves)
                await TablePlacement.CheckAsync(store, write.Namespace, write.Draft.Location, write.Entity?.Id, CancellationToken.None);
            if (await write.SwapAsync(store) is not { } entity)
                return null;
            committed[write.Identifier.ToString()] = entity;
        }

        try
        {
            await transaction.CommitAsync();
            writes.ForEach(w => w.Committed = true);
            return committed;
        }
        catch (NpgsqlException e) when (DatabaseOutage.Is(e))
        {
            LogUnanswered(string.Join(", ", writes.Select(w => w.Identifier)), e.Message);
            return await FindOutAsync(writes, committed);
        }
    }

    /// <summary>The commit was sent but not answered. The row's lock is free only when the database has decided, so looking at it under a lock tells.</summary>
    private async Task<Dictionary<string, Entity>?> FindOutAsync(List<PendingTable> writes, Dictionary<string, Entity> committed)
    {
        var identifiers = string.Join(", ", writes.Select(w => w.Identifier));
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            var decided = await database.TransactionAsync(
                async store =>
                {
                    var probe = writes[0];
                    var now = await store.LockAsync(committed[probe.Identifier.ToString()].Id, patience.Token);
                    return now?.Internal is { } pointer && pointer.Values.Contains(probe.NewLocation) ? true : probe.Entity is not null ? false : (bool?)null;
                },
                patience.Token);
            if (decided is { } made)
                return made ? committed : null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogUnanswered(identifiers, e.Message);
        }

        throw PolarisException.CommitStateUnknown($"The database did not say whether the commit of {identifiers} was made; load the tables before trying again, and delete none of the commit's files");
    }

    [LoggerMessage(1, LogLevel.Warning, "The commit of {Tables} was sent to the database but not answered: {Reason}")]
    private partial void LogUnanswered(string tables, string reason);

    /// <summary>A table on its way from the loaded metadata to the swapped pointer.</summary>
    private sealed class PendingTable(TableIdentifier identifier, SecurablePath ns, Entity? entity, MetadataDraft draft)
    {
        public TableIdentifier Identifier { get; } = identifier;

        public SecurablePath Namespace { get; } = ns;

        /// <summary>Null for a table that this commit creates.</summary>
        public Entity? Entity { get; } = entity;

        public MetadataDraft Draft { get; } = draft;

        /// <summary>Null where the updates changed nothing.</summary>
        public string? NewLocation { get; private set; }

        public byte[]? Content { get; private set; }

        public IReadOnlyList<string> Outdated { get; private set; } = [];

        /// <summary>Whether the pointer was swapped: from then on the file is the table's and must stay, whatever fails after it.</summary>
        public bool Committed { get; set; }

        /// <summary>Whether the table takes a place in the store that it did not have.</summary>
        public bool Moves => Entity is null || Entity.Location != Draft.Location;

        public void Complete(StorageSettings settings)
        {
            if (!Draft.Changed && Entity is not null)
                return;
            if (Entity is null)
                CompleteNew();
            if (Moves)
                settings.Allowed(Draft.Location);
            Outdated = Draft.Finish();
            NewLocation = TableEntity.NextMetadataLocation(Draft);
            settings.Allowed(NewLocation);
            Content = MetadataFiles.Serialize(Draft.Json);
        }

        public CommittedTable Unchanged() => new(Entity!, Draft.FileLocation!, MetadataFiles.Serialize(Draft.Json));

        public Task<Entity?> SwapAsync(StoreScope store) => Entity is null
            ? store.CreateAsync(Namespace.Catalog.Id, Namespace.Leaf.Id, EntityType.Table, Identifier.Name, Store.Entity.NoProperties, TableEntity.Pointer(NewLocation!), Draft.Location, CancellationToken.None)
            : store.SwapAsync(Entity with { Internal = TableEntity.Pointer(NewLocation!), Location = Draft.Location }, CancellationToken.None);

        private void CompleteNew()
        {
            if (Draft.CurrentSchema is null || Draft.Json.OptionalInt("current-schema-id") is -1)
                throw PolarisException.BadRequest($"The commit creates {Identifier} without a current schema; a create needs the updates add-schema and set-current-schema");
            if (Draft.Json.OptionalInt("default-spec-id") is -1)
            {
                PartitionSpecUpdates.Add(Draft, new() { ["fields"] = new JsonArray() });
                PartitionSpecUpdates.SetDefault(Draft, -1);
            }

            if (Draft.Json.OptionalInt("default-sort-order-id") is -1)
            {
                SortOrderUpdates.Add(Draft, new() { ["fields"] = new JsonArray() });
                SortOrderUpdates.SetDefault(Draft, -1);
            }
        }
    }
}
