using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Catalog;

/// <summary>Client of a catalog that speaks the Iceberg REST specification, Apache Polaris above all. Never asks the catalog for storage
/// credentials: the store's keys come from <see cref="LakehouseConnection"/>.</summary>
public sealed class RestCatalog : ICatalog, IDisposable
{
    /// <summary>Name of the HTTP client that <see cref="IHttpClientFactory"/> gives.</summary>
    public const string HttpClientName = "Floe.Lakehouse.Catalog";

    private const int PageSize = 200;
    private const string BaseLocation = "default-base-location";
    private readonly LakehouseConnection connection;
    private readonly IFileIO io;
    private readonly TimeProvider time;
    private readonly AccessTokens tokens;
    private readonly RestTransport rest;
    private readonly IReadOnlyList<string> allowed;
    private readonly SemaphoreSlim configGate = new(1, 1);
    private readonly ConcurrentDictionary<TableIdentifier, (string ETag, Table Table)> loaded = new();
    private Config? config;

    /// <summary>A client of the connection's catalog.</summary>
    /// <param name="http">Gives the clients named <see cref="HttpClientName"/>.</param>
    /// <param name="connection">The catalog and who asks.</param>
    /// <param name="io">Storage of the tables' files.</param>
    /// <param name="time">Clock.</param>
    /// <param name="allowedLocations">Where files of tables may lie besides the warehouse that the catalog names (<c>default-base-location</c>).</param>
    public RestCatalog(IHttpClientFactory http, LakehouseConnection connection, IFileIO io, TimeProvider? time = null, IReadOnlyList<string>? allowedLocations = null)
    {
        allowed = allowedLocations ?? [];
        (this.connection, this.io, this.time) = (connection, io, time ?? TimeProvider.System);
        HttpClient Client() => http.CreateClient(HttpClientName);
        tokens = new AccessTokens(Client, connection, this.time);
        rest = new RestTransport(Client, tokens, connection.CatalogUri.AbsoluteUri.TrimEnd('/'));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListNamespacesAsync(CancellationToken ct) => ListNamespacesAsync(null, ct);

    /// <inheritdoc/>
    public Task CreateNamespaceAsync(string ns, CancellationToken ct) => CreateNamespaceAsync(ns, null, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListNamespacesAsync(string? parent, CancellationToken ct) =>
        await ListAsync("namespaces", "namespaces", static ns => Dotted(ns), ct, parent is null ? "" : $"&parent={await LevelsAsync(parent, ct)}");

    /// <inheritdoc/>
    public async Task CreateNamespaceAsync(string ns, IReadOnlyDictionary<string, string>? properties, CancellationToken ct) =>
        await rest.SendAsync(HttpMethod.Post, await PathAsync("namespaces", ct), ct, json =>
        {
            json.WriteStartObject();
            WriteNamespace(json, "namespace", ns);
            WriteMap(json, "properties", properties);
            json.WriteEndObject();
        });

    /// <inheritdoc/>
    public async Task<bool> NamespaceExistsAsync(string ns, CancellationToken ct)
    {
        try
        {
            await rest.SendAsync(await LookAsync("HEAD /v1/{prefix}/namespaces/{namespace}", ct), await PathAsync(await NamespaceAsync(ns, ct), ct), ct);
            return true;
        }
        catch (NoSuchNamespaceException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> LoadNamespaceAsync(string ns, CancellationToken ct)
    {
        var answer = await rest.SendAsync(HttpMethod.Get, await PathAsync(await NamespaceAsync(ns, ct), ct), ct);
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return new JsonFields(document.RootElement, $"{connection.CatalogUri} {ns}", "the catalog's answer").Map("properties");
        }
        catch (JsonException e)
        {
            throw new CatalogException($"The catalog {connection.CatalogUri} answers for the namespace {ns} with something that is not JSON ({e.Message}).", e);
        }
    }

    /// <inheritdoc/>
    public async Task UpdateNamespaceAsync(string ns, IReadOnlyDictionary<string, string> updates, IReadOnlyCollection<string> removals, CancellationToken ct) =>
        await rest.SendAsync(HttpMethod.Post, await PathAsync($"{await NamespaceAsync(ns, ct)}/properties", ct), ct, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("removals");
            foreach (var key in removals)
                json.WriteStringValue(key);
            json.WriteEndArray();
            WriteMap(json, "updates", updates);
            json.WriteEndObject();
        });

    /// <inheritdoc/>
    public async Task DropNamespaceAsync(string ns, CancellationToken ct) =>
        await rest.SendAsync(HttpMethod.Delete, await PathAsync(await NamespaceAsync(ns, ct), ct), ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TableIdentifier>> ListTablesAsync(string ns, CancellationToken ct) =>
        await ListAsync(
            $"{await NamespaceAsync(ns, ct)}/tables",
            "identifiers",
            static id => new TableIdentifier(Dotted(id.GetProperty("namespace")), id.GetProperty("name").GetString()!),
            ct);

    /// <inheritdoc/>
    public async Task<bool> TableExistsAsync(TableIdentifier identifier, CancellationToken ct)
    {
        try
        {
            await rest.SendAsync(await LookAsync("HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}", ct), await TablePathAsync(identifier, ct), ct);
            return true;
        }
        catch (Exception e) when (e is NoSuchTableException or NoSuchNamespaceException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<Table> LoadTableAsync(TableIdentifier identifier, CancellationToken ct)
    {
        var known = loaded.TryGetValue(identifier, out var entry);
        var path = await TablePathAsync(identifier, ct);
        try
        {
            var answer = await rest.SendAsync(HttpMethod.Get, path, ct, ifNoneMatch: known ? entry.ETag : null);
            return answer.Status == HttpStatusCode.NotModified && known ? entry.Table : Remember(identifier, answer);
        }
        catch (NoSuchTableException)
        {
            loaded.TryRemove(identifier, out _);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Table> CreateTableAsync(TableIdentifier identifier, Schema schema, PartitionSpec? spec = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken ct = default) =>
        Remember(identifier, await rest.SendAsync(HttpMethod.Post, await PathAsync($"{await NamespaceAsync(identifier.Namespace, ct)}/tables", ct), ct, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", identifier.Name);
            json.WritePropertyName("schema");
            SchemaJson.Write(json, schema);
            json.WritePropertyName("partition-spec");
            SchemaJson.Write(json, spec ?? PartitionSpec.Unpartitioned);
            json.WriteBoolean("stage-create", false);
            WriteMap(json, "properties", properties);
            json.WriteEndObject();
        }));

    /// <inheritdoc/>
    public async Task RenameTableAsync(TableIdentifier from, TableIdentifier to, CancellationToken ct)
    {
        await rest.SendAsync(HttpMethod.Post, await PathAsync("tables/rename", ct), ct, json =>
        {
            json.WriteStartObject();
            WriteIdentifier(json, "source", from);
            WriteIdentifier(json, "destination", to);
            json.WriteEndObject();
        });
        loaded.TryRemove(from, out _);
        loaded.TryRemove(to, out _);
    }

    /// <inheritdoc/>
    public async Task<Table> RegisterTableAsync(TableIdentifier identifier, string metadataLocation, bool overwrite, CancellationToken ct) =>
        Remember(identifier, await rest.SendAsync(HttpMethod.Post, await PathAsync($"{await NamespaceAsync(identifier.Namespace, ct)}/register", ct), ct, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", identifier.Name);
            json.WriteString("metadata-location", metadataLocation);
            if (overwrite)
                json.WriteBoolean("overwrite", true);
            json.WriteEndObject();
        }));

    /// <inheritdoc/>
    public async Task DropTableAsync(TableIdentifier identifier, bool purge, CancellationToken ct)
    {
        await rest.SendAsync(HttpMethod.Delete, $"{await TablePathAsync(identifier, ct)}?purgeRequested={(purge ? "true" : "false")}", ct);
        loaded.TryRemove(identifier, out _);
    }

    /// <inheritdoc/>
    public async Task<Table> CommitTableAsync(TableCommit commit, CancellationToken ct) =>
        Remember(commit.Identifier, await rest.CommitAsync(await TablePathAsync(commit.Identifier, ct), json => Write(json, commit), ct));

    /// <inheritdoc/>
    public async Task CommitTransactionAsync(IReadOnlyList<TableCommit> commits, CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.commit");
        await CommitLoop.RunAsync(activity, commits, PostTransactionAsync, ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tokens.Dispose();
        configGate.Dispose();
    }

    private async Task<Table?> PostTransactionAsync(IReadOnlyList<TableCommit> commits, CancellationToken ct)
    {
        await rest.CommitAsync(
            await PathAsync("transactions/commit", ct),
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("table-changes");
                foreach (var commit in commits)
                    Write(json, commit);
                json.WriteEndArray();
                json.WriteEndObject();
            },
            ct);
        return null;
    }

    private Table Remember(TableIdentifier identifier, RestAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var result = new JsonFields(document.RootElement, $"{connection.CatalogUri} {identifier}", "the catalog's answer");
            var location = result.OptionalText("metadata-location");
            var metadata = TableMetadataJson.Read(result.Element("metadata"), location ?? identifier.ToString());
            var locations = TableLocations.Of(identifier, metadata, location, config?.Warehouse ?? allowed);
            var table = new Table(identifier, metadata, location, new ConfinedFileIO(io, locations.Check), this, time) { Locations = locations };
            if (answer.ETag is { } tag)
                loaded[identifier] = (tag, table);
            else
                loaded.TryRemove(identifier, out _);
            return table;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CatalogException($"The catalog {connection.CatalogUri} answers for the table {identifier} with something that is not JSON ({e.Message}).", e);
        }
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(string path, string member, Func<JsonElement, T> read, CancellationToken ct, string more = "")
    {
        var items = new List<T>();
        var address = await PathAsync(path, ct);
        string? page = "";
        do
        {
            var answer = await rest.SendAsync(HttpMethod.Get, $"{address}?pageToken={Uri.EscapeDataString(page)}&pageSize={PageSize}{more}", ct);
            try
            {
                using var json = JsonDocument.Parse(answer.Body);
                items.AddRange(json.RootElement.GetProperty(member).EnumerateArray().Select(read));
                page = json.RootElement.TryGetProperty("next-page-token", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new CatalogException($"GET {address}: the catalog {connection.CatalogUri} answers a list that is not one ({e.Message}).", e);
            }
        }
        while (!string.IsNullOrEmpty(page));

        return items;
    }

    private static void Write(Utf8JsonWriter json, TableCommit commit)
    {
        json.WriteStartObject();
        WriteIdentifier(json, "identifier", commit.Identifier);
        json.WriteStartArray("requirements");
        foreach (var requirement in commit.Requirements)
        {
            json.WriteStartObject();
            requirement.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("updates");
        foreach (var update in commit.Updates)
        {
            json.WriteStartObject();
            update.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Dotted(JsonElement ns) => string.Join('.', ns.EnumerateArray().Select(level => level.GetString()));

    private static void WriteIdentifier(Utf8JsonWriter json, string name, TableIdentifier identifier)
    {
        json.WriteStartObject(name);
        WriteNamespace(json, "namespace", identifier.Namespace);
        json.WriteString("name", identifier.Name);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map ?? new Dictionary<string, string>())
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteNamespace(Utf8JsonWriter json, string name, string ns)
    {
        json.WriteStartArray(name);
        foreach (var level in ns.Split('.'))
            json.WriteStringValue(level);
        json.WriteEndArray();
    }

    private async Task<string> TablePathAsync(TableIdentifier identifier, CancellationToken ct) =>
        await PathAsync($"{await NamespaceAsync(identifier.Namespace, ct)}/tables/{Uri.EscapeDataString(identifier.Name)}", ct);

    private async Task<string> NamespaceAsync(string ns, CancellationToken ct) => $"namespaces/{await LevelsAsync(ns, ct)}";

    private async Task<string> LevelsAsync(string ns, CancellationToken ct) => string.Join((await ConfigAsync(ct)).Separator, ns.Split('.').Select(Uri.EscapeDataString));

    /// <summary>The method that asks whether something is there: HEAD where the catalog says that it serves it.</summary>
    private async Task<HttpMethod> LookAsync(string endpoint, CancellationToken ct) => (await ConfigAsync(ct)).Endpoints.Contains(endpoint) ? HttpMethod.Head : HttpMethod.Get;

    private async Task<string> PathAsync(string path, CancellationToken ct) => (await ConfigAsync(ct)).Prefix + path;

    private async ValueTask<Config> ConfigAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref config) is { } known)
            return known;
        await configGate.WaitAsync(ct);
        try
        {
            return config ??= await LoadConfigAsync(ct);
        }
        finally
        {
            configGate.Release();
        }
    }

    /// <summary>Reads <c>/v1/config</c>; overrides win over the client's settings, which win over defaults.</summary>
    private async Task<Config> LoadConfigAsync(CancellationToken ct)
    {
        var answer = await rest.SendAsync(HttpMethod.Get, $"/v1/config?warehouse={Uri.EscapeDataString(connection.Warehouse)}", ct);
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var fields = new JsonFields(json.RootElement, $"{connection.CatalogUri}/v1/config", "the catalog's configuration");
            var overrides = fields.Map("overrides");
            var defaults = fields.Map("defaults");
            var prefix = overrides.GetValueOrDefault("prefix") ?? defaults.GetValueOrDefault("prefix");

            if (overrides.GetValueOrDefault("uri") is { Length: > 0 } uri)
                rest.MoveTo(Uri.TryCreate(uri, UriKind.Absolute, out var moved) && moved.Scheme is "http" or "https"
                    ? uri.TrimEnd('/')
                    : throw new CatalogException($"The catalog {connection.CatalogUri} overrides its address with '{uri}', which is not an http address."));

            // The separator comes percent-encoded, ready for the path.
            var separator = overrides.GetValueOrDefault("namespace-separator") ?? defaults.GetValueOrDefault("namespace-separator") ?? "%1F";
            return new Config(
                string.IsNullOrEmpty(prefix) ? "/v1/" : $"/v1/{string.Join('/', prefix.Split('/').Select(Uri.EscapeDataString))}/",
                separator,
                fields.Texts("endpoints").ToHashSet(StringComparer.Ordinal),
                (overrides.GetValueOrDefault(BaseLocation) ?? defaults.GetValueOrDefault(BaseLocation)) is { Length: > 0 } warehouse ? [warehouse, .. allowed] : allowed);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CatalogException($"The catalog {connection.CatalogUri} answers /v1/config with something that is not JSON ({e.Message}).", e);
        }
    }

    private sealed record Config(string Prefix, string Separator, IReadOnlySet<string> Endpoints, IReadOnlyList<string> Warehouse);
}
