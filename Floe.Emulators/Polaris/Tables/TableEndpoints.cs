using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Namespaces;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables.Metadata;
using Floe.Emulators.Polaris.Tables.Updates;
using Floe.Emulators.Polaris.Tokens;
using Floe.ServiceDefaults.Http;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>The table routes of the Iceberg REST specification.</summary>
internal sealed partial class TableEndpoints(
    PolarisDatabase database, TableCommits commits, MetadataFiles files, ObjectStorage storage, TimeProvider time, ILogger<TableEndpoints> logger)
{
    public async Task ListAsync(HttpContext http)
    {
        var ns = await NamespaceAsync(http);
        http.Caller().Authorize(Operation.ListTables, ns.Ids);
        var page = Page.Of(http.Request);
        var tables = await database.Direct.ListAsync(ns.Catalog.Id, ns.Leaf.Id, EntityType.Table, page.After, page.Limit, http.RequestAborted);
        var levels = ns.Entities.Skip(1).Select(e => e.Name).ToList();
        await http.WriteJsonAsync(200, new JsonObject
        {
            ["next-page-token"] = page.Next(tables),
            ["identifiers"] = new JsonArray([.. page.Shown(tables).Select(t => (JsonNode)new JsonObject { ["namespace"] = levels.ToJson(), ["name"] = t.Name })]),
        });
    }

    public async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var ns = await NamespaceAsync(http);
        var staged = request.OptionalBool("stage-create") ?? false;
        http.Caller().Authorize(staged ? Operation.StageTable : Operation.CreateTable, ns.Ids);
        RefuseDelegation(http, request.OptionalString("name"));
        var name = request.RequiredString("name");
        ObjectName.Check(name);
        var identifier = Identifier(ns, name);
        if (await database.Direct.FindTableAsync(ns, name, http.RequestAborted) is not null)
            throw PolarisException.AlreadyExists($"Table already exists: {identifier}");

        var settings = ns.Catalog.Storage();
        var location = settings.Allowed(request.OptionalString("location") ?? $"{ns.Leaf.Location}/{name}").ToString();
        var draft = NewTable.From(request, location, time);
        if (staged)
        {
            await TablePlacement.CheckAsync(database.Direct, ns, location, null, http.RequestAborted);
            draft.Finish();
            await WriteTableAsync(http, null, MetadataFiles.Serialize(draft.Json), settings);
            return;
        }

        var created = await commits.CreateAsync(ns, identifier, draft, http.RequestAborted);
        http.Response.Headers.ETag = Tag(created.MetadataLocation, "all");
        await WriteTableAsync(http, created.MetadataLocation, created.Metadata, settings);
    }

    public async Task RegisterAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var ns = await NamespaceAsync(http);
        var overwrite = request.OptionalBool("overwrite") ?? false;
        http.Caller().Authorize(overwrite ? Operation.RegisterTableOverwrite : Operation.RegisterTable, ns.Ids);
        var name = request.RequiredString("name");
        ObjectName.Check(name);
        var identifier = Identifier(ns, name);
        var settings = ns.Catalog.Storage();
        var metadataLocation = settings.Allowed(request.RequiredString("metadata-location")).ToString();
        var existing = await database.Direct.FindTableAsync(ns, name, http.RequestAborted);
        if (existing is not null && !overwrite)
            throw PolarisException.AlreadyExists($"Table already exists: {identifier}");

        var metadata = ExistingTable.Normalize(await files.ParseAsync(settings, metadataLocation, http.RequestAborted), metadataLocation);
        var location = settings.Allowed(metadata.RequiredString("location")).ToString();
        await database.TransactionAsync(
            async store =>
            {
                await store.LockPlacementAsync(ns.Catalog.Id, http.RequestAborted);
                if (existing is null && await store.FindTableAsync(ns, name, http.RequestAborted) is not null)
                    throw PolarisException.AlreadyExists($"Table already exists: {identifier}");
                await TablePlacement.CheckAsync(store, ns, location, existing?.Id, http.RequestAborted);
                _ = (existing is null
                    ? await store.CreateAsync(ns.Catalog.Id, ns.Leaf.Id, EntityType.Table, name, Entity.NoProperties, TableEntity.Pointer(metadataLocation), location, http.RequestAborted)
                    : await store.SwapAsync(existing with { Internal = TableEntity.Pointer(metadataLocation), Location = location }, http.RequestAborted))
                    ?? throw (existing is null
                        ? PolarisException.AlreadyExists($"Table already exists: {identifier}")
                        : PolarisException.CommitFailed($"{identifier} was changed while it was registered; nothing was changed, try again"));
            },
            http.RequestAborted);
        http.Response.Headers.ETag = Tag(metadataLocation, "all");
        await WriteTableAsync(http, metadataLocation, MetadataFiles.Serialize(metadata), settings);
    }

    public async Task LoadAsync(HttpContext http)
    {
        var table = await TableAsync(http);
        http.Caller().Authorize(Delegated(http) ? Operation.LoadTableWithDelegation : Operation.LoadTable, table.Ids);
        RefuseDelegation(http, table.Leaf.Name);
        var snapshots = http.Request.Query["snapshots"] is [{ Length: > 0 } given] ? given : "all";
        if (snapshots is not ("all" or "refs"))
            throw PolarisException.BadRequest($"The parameter snapshots={snapshots} must be all or refs");
        var location = table.Leaf.MetadataLocation();
        var tag = Tag(location, snapshots);
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch.SelectMany(value => value?.Split(',') ?? []).Any(value => value.Trim() == tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var settings = table.Catalog.Storage();
        var metadata = await files.ReadAsync(settings, location, http.RequestAborted);
        if (snapshots == "refs")
            metadata = OnlyReferenced(ExistingTable.Normalize(await files.ParseAsync(settings, location, http.RequestAborted), location));
        await WriteTableAsync(http, location, metadata, settings);
    }

    public async Task ExistsAsync(HttpContext http)
    {
        var table = await TableAsync(http);
        http.Caller().Authorize(Operation.TableExists, table.Ids);
        await http.WriteNothingAsync();
    }

    public async Task CommitAsync(HttpContext http)
    {
        var caller = http.Caller();
        var identifier = new TableIdentifier(NamespaceName.Split(http.RouteText("namespace")), http.RouteText("table"));
        var change = TableChange.Parse(await http.ReadObjectAsync(), identifier);
        var catalog = await CatalogAsync(http);
        var committed = await commits.CommitAsync(catalog, [change], Authorize, http.RequestAborted);
        await using var json = Answer(http);
        json.WriteStartObject();
        json.WriteString("metadata-location", committed[0].MetadataLocation);
        json.WritePropertyName("metadata");
        json.WriteRawValue(committed[0].Metadata, skipInputValidation: true);
        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);

        void Authorize(TableChange asked, SecurablePath path, bool creates)
        {
            if (creates)
            {
                caller.Authorize(Operation.CommitStagedTable, path.Ids);
                return;
            }

            if (asked.Updates.Count == 0)
                caller.Authorize(Operation.UpdateTable, path.Ids);
            foreach (var update in asked.Updates)
                caller.Authorize(TableUpdates.OperationOf(update), path.Ids);
        }
    }

    public async Task DropAsync(HttpContext http)
    {
        var table = await TableAsync(http);
        var requested = http.Request.Query["purgeRequested"];
        var purge = false;
        // Before anything is done: a file that was to be deleted, or kept, cannot be guessed.
        if (requested.Count > 0 && !bool.TryParse(requested, out purge))
            throw PolarisException.BadRequest($"The parameter purgeRequested={requested} must be true or false");
        http.Caller().Authorize(purge ? Operation.DropTableWithPurge : Operation.DropTable, table.Ids);
        if (!await database.Direct.DeleteAsync(table.Leaf.Id, http.RequestAborted))
            throw PolarisException.NoSuchTable(Identifier(http));
        if (purge)
            await PurgeAsync(table);
        await http.WriteNothingAsync();
    }

    public async Task RenameAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var source = TableIdentifier.Parse(request.RequiredObject("source"));
        var destination = TableIdentifier.Parse(request.RequiredObject("destination"));
        var catalog = await CatalogAsync(http);
        var table = await database.Direct.TableAsync(catalog, source, http.RequestAborted);
        http.Caller().Authorize(Operation.RenameTableSource, table.Ids);
        var target = await database.Direct.NamespaceAsync(catalog, destination.Namespace, http.RequestAborted);
        http.Caller().Authorize(Operation.RenameTableTarget, target.Ids);
        ObjectName.Check(destination.Name);
        if (await database.Direct.FindTableAsync(target, destination.Name, http.RequestAborted) is not null)
            throw PolarisException.AlreadyExists($"Cannot rename {source} to {destination}. Table already exists");
        try
        {
            if (await database.Direct.SwapAsync(table.Leaf with { ParentId = target.Leaf.Id, Name = destination.Name }, http.RequestAborted) is null)
                throw PolarisException.CommitFailed($"{source} was changed while it was renamed; nothing was changed, try again");
        }
        catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.UniqueViolation)
        {
            throw PolarisException.AlreadyExists($"Cannot rename {source} to {destination}. Table already exists");
        }
        catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.ForeignKeyViolation)
        {
            throw PolarisException.NoSuchNamespace(destination.Namespace);
        }

        await http.WriteNothingAsync();
    }

    /// <summary>Reports are accepted so that clients need no special case; the request's span is all that stays of them.</summary>
    public async Task ReportMetricsAsync(HttpContext http)
    {
        var table = await TableAsync(http);
        var type = (await http.ReadObjectAsync()).RequiredString("report-type");
        http.Caller().Authorize(type == "commit-report" ? Operation.ReportWriteMetrics : Operation.ReportReadMetrics, table.Ids);
        await http.WriteNothingAsync();
    }

    /// <summary>The table is gone already; files that cannot be deleted now are orphans, which the answer cannot change.</summary>
    private async Task PurgeAsync(SecurablePath table)
    {
        var location = table.Leaf.Location!;
        try
        {
            var count = await storage.DeleteAllAsync(table.Catalog.Storage(), S3Location.Parse(location), CancellationToken.None);
            LogPurged(count, location);
        }
        catch (Exception e) when (e is AmazonS3Exception or Amazon.Runtime.AmazonClientException || ConnectionFailure.Is(e))
        {
            LogPurgeFailed(location, e.Message);
        }
    }

    private static byte[] OnlyReferenced(JsonObject metadata)
    {
        var referenced = metadata.RequiredObject("refs").Select(r => ((JsonObject)r.Value!).RequiredLong("snapshot-id")).ToHashSet();
        metadata["snapshots"] = new JsonArray([.. metadata.Objects("snapshots").Where(s => referenced.Contains(s.RequiredLong("snapshot-id"))).Select(s => s.DeepClone())]);
        return MetadataFiles.Serialize(metadata);
    }

    private static string Tag(string metadataLocation, string snapshots) =>
        $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{metadataLocation} {snapshots}")))}\"";

    private static async Task WriteTableAsync(HttpContext http, string? metadataLocation, byte[] metadata, StorageSettings settings)
    {
        await using var json = Answer(http);
        json.WriteStartObject();
        if (metadataLocation is not null)
            json.WriteString("metadata-location", metadataLocation);
        json.WritePropertyName("metadata");
        json.WriteRawValue(metadata, skipInputValidation: true);
        json.WritePropertyName("config");
        settings.ClientConfig().WriteTo(json);
        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);
    }

    private static Utf8JsonWriter Answer(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
        return new(http.Response.BodyWriter, JsonAnswer.WriterOptions);
    }

    private static bool Delegated(HttpContext http) => http.Request.Headers["X-Iceberg-Access-Delegation"].Any(value => !string.IsNullOrWhiteSpace(value));

    /// <summary>This server has no credentials to hand out; Polaris without STS answers the same.</summary>
    private static void RefuseDelegation(HttpContext http, string? table)
    {
        if (http.Request.Headers["X-Iceberg-Access-Delegation"].Any(value => value?.Contains("vended-credentials", StringComparison.Ordinal) == true))
            throw PolarisException.IllegalArgument($"Credential vending was requested for table {table}, but no credentials are available");
    }

    private static TableIdentifier Identifier(SecurablePath ns, string name) => new(new(ns.Entities.Skip(1).Select(e => e.Name).ToList()), name);

    private static TableIdentifier Identifier(HttpContext http) => new(NamespaceName.Split(http.RouteText("namespace")), http.RouteText("table"));

    private Task<SecurablePath> CatalogAsync(HttpContext http) => database.Direct.CatalogAsync(http.RouteText("prefix"), http.RequestAborted);

    private async Task<SecurablePath> NamespaceAsync(HttpContext http) =>
        await database.Direct.NamespaceAsync(await CatalogAsync(http), NamespaceName.Split(http.RouteText("namespace")), http.RequestAborted);

    private async Task<SecurablePath> TableAsync(HttpContext http) => await database.Direct.TableAsync(await CatalogAsync(http), Identifier(http), http.RequestAborted);

    [LoggerMessage(1, LogLevel.Information, "Purged {Count} files below {Location}")]
    private partial void LogPurged(int count, string location);

    [LoggerMessage(2, LogLevel.Warning, "Files below {Location} could not be purged: {Reason}")]
    private partial void LogPurgeFailed(string location, string reason);
}
