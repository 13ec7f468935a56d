using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Tables;
using Floe.Emulators.Polaris.Tables.Metadata;
using Floe.Emulators.Polaris.Tables.Requirements;
using Floe.Emulators.Polaris.Tables.Updates;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using TableIdentifier = Floe.Lakehouse.Catalog.TableIdentifier;

namespace Floe.Tests.Lakehouse.Maintenance;

/// <summary>A catalog of tables below a folder, inside the test's process: the REST catalog serves S3 only. Requirements and updates are checked and applied
/// by the embedded catalog's own code.</summary>
internal sealed class FolderCatalog(string folder) : ICatalog
{
    private readonly LocalFileIO io = new();
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<TableIdentifier, string> pointers = [];

    public Task<IReadOnlyList<string>> ListNamespacesAsync(string? parent, CancellationToken ct) => throw new NotSupportedException();

    public Task CreateNamespaceAsync(string ns, IReadOnlyDictionary<string, string>? properties, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> NamespaceExistsAsync(string ns, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> LoadNamespaceAsync(string ns, CancellationToken ct) => throw new NotSupportedException();

    public Task UpdateNamespaceAsync(string ns, IReadOnlyDictionary<string, string> updates, IReadOnlyCollection<string> removals, CancellationToken ct) => throw new NotSupportedException();

    public Task DropNamespaceAsync(string ns, CancellationToken ct) => throw new NotSupportedException();

    public Task RenameTableAsync(TableIdentifier from, TableIdentifier to, CancellationToken ct) => throw new NotSupportedException();

    public Task<Table> RegisterTableAsync(TableIdentifier identifier, string metadataLocation, bool overwrite, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<TableIdentifier>> ListTablesAsync(string ns, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> TableExistsAsync(TableIdentifier identifier, CancellationToken ct) => Task.FromResult(pointers.ContainsKey(identifier));

    public Task DropTableAsync(TableIdentifier identifier, bool purge, CancellationToken ct) => throw new NotSupportedException();

    public Task CommitTransactionAsync(IReadOnlyList<TableCommit> commits, CancellationToken ct) => throw new NotSupportedException();

    public async Task<Table> LoadTableAsync(TableIdentifier identifier, CancellationToken ct)
    {
        var location = pointers.GetValueOrDefault(identifier) ?? throw new NoSuchTableException($"No table {identifier}.");
        return new Table(identifier, TableMetadata.Parse(await io.ReadAsync(location, ct), location), location, io, this);
    }

    public async Task<Table> CreateTableAsync(TableIdentifier identifier, Schema schema, PartitionSpec? spec = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken ct = default)
    {
        var request = new JsonObject
        {
            ["schema"] = Json(json => SchemaJson.Write(json, schema)),
            ["partition-spec"] = Json(json => SchemaJson.Write(json, spec ?? PartitionSpec.Unpartitioned)),
            ["properties"] = new JsonObject((properties ?? new Dictionary<string, string>()).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        };
        await WriteAsync(identifier, NewTable.From(request, $"file://{folder}/{identifier.Namespace}/{identifier.Name}", TimeProvider.System), ct);
        return await LoadTableAsync(identifier, ct);
    }

    public async Task<Table> CommitTableAsync(TableCommit commit, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var location = pointers[commit.Identifier];
            var draft = new MetadataDraft((JsonObject)JsonNode.Parse(await io.ReadAsync(location, ct))!, location, TimeProvider.System);
            foreach (var requirement in commit.Requirements)
                TableRequirements.Check((JsonObject)Json(json => Object(json, requirement.Write)), draft.Json);
            foreach (var update in commit.Updates)
                TableUpdates.Apply(draft, (JsonObject)Json(json => Object(json, update.Write)));
            await WriteAsync(commit.Identifier, draft, ct);
        }
        catch (PolarisException e)
        {
            throw new CommitFailedException(e.Message, e);
        }
        finally
        {
            gate.Release();
        }

        return await LoadTableAsync(commit.Identifier, ct);
    }

    private async Task WriteAsync(TableIdentifier identifier, MetadataDraft draft, CancellationToken ct)
    {
        draft.Finish();
        var location = TableEntity.NextMetadataLocation(draft);
        await io.WriteAsync(location, JsonSerializer.SerializeToUtf8Bytes(draft.Json), ct);
        pointers[identifier] = location;
    }

    private static void Object(Utf8JsonWriter json, Action<Utf8JsonWriter> members)
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }

    private static JsonNode Json(Action<Utf8JsonWriter> write) => JsonNode.Parse(SchemaJson.Text(write))!;
}
