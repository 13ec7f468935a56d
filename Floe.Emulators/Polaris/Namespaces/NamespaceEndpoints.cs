using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;
using Npgsql;

namespace Floe.Emulators.Polaris.Namespaces;

/// <summary>The namespace routes of the Iceberg REST specification.</summary>
internal sealed class NamespaceEndpoints(PolarisDatabase database)
{
    private const string LocationProperty = "location";

    private const int SwapAttempts = 10;

    public async Task ListAsync(HttpContext http)
    {
        var parent = await CatalogAsync(http);
        if (http.Request.Query["parent"] is [{ Length: > 0 } name])
            parent = await database.Direct.NamespaceAsync(parent, NamespaceName.Split(name), http.RequestAborted);
        http.Caller().Authorize(Operation.ListNamespaces, parent.Ids);
        var page = Page.Of(http.Request);
        var found = await database.Direct.ListAsync(parent.Catalog.Id, parent.Leaf.Id, EntityType.Namespace, page.After, page.Limit, http.RequestAborted);
        var above = parent.Entities.Skip(1).Select(e => e.Name).ToList();
        await http.WriteJsonAsync(200, new JsonObject
        {
            ["next-page-token"] = page.Next(found),
            ["namespaces"] = new JsonArray([.. page.Shown(found).Select(n => (JsonNode)above.Append(n.Name).ToJson())]),
        });
    }

    public async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var name = NamespaceName.Parse(request, "namespace");
        var catalog = await CatalogAsync(http);
        var parent = name.Parent is { } above ? await database.Direct.NamespaceAsync(catalog, above, http.RequestAborted) : catalog;
        http.Caller().Authorize(Operation.CreateNamespace, parent.Ids);
        ObjectName.Check(name.Leaf);
        var properties = request.OptionalStringMap("properties") ?? [];
        var location = catalog.Catalog.Storage().Allowed(properties.GetValueOrDefault(LocationProperty) ?? $"{parent.Leaf.Location}/{name.Leaf}").ToString();
        properties[LocationProperty] = location + "/";

        try
        {
            await database.TransactionAsync(
                async store =>
                {
                    if (await store.FindAsync(catalog.Catalog.Id, parent.Leaf.Id, EntityType.Namespace, name.Leaf, http.RequestAborted) is not null)
                        throw Taken(name);
                    await store.LockPlacementAsync(catalog.Catalog.Id, http.RequestAborted);
                    if (await store.OverlappingLocationAsync(catalog.Catalog.Id, location, parent.Ids, http.RequestAborted) is { } taken)
                        throw await store.FindAsync(catalog.Catalog.Id, parent.Leaf.Id, EntityType.Namespace, name.Leaf, http.RequestAborted) is null
                            ? PolarisException.Forbidden($"Unable to create namespace at location '{location}' because it conflicts with existing table or namespace at location '{taken}'")
                            : Taken(name);
                    _ = await store.CreateAsync(catalog.Catalog.Id, parent.Leaf.Id, EntityType.Namespace, name.Leaf, properties, Entity.NoProperties, location, http.RequestAborted)
                        ?? throw Taken(name);
                },
                http.RequestAborted);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw name.Parent is { } gone ? PolarisException.NoSuchNamespace(gone) : PolarisException.NotFound($"Catalog {catalog.Catalog.Name} not found");
        }

        await http.WriteJsonAsync(200, Describe(name, properties));
    }

    public async Task LoadAsync(HttpContext http)
    {
        var (name, path) = await NamespaceAsync(http);
        http.Caller().Authorize(Operation.LoadNamespace, path.Ids);
        await http.WriteJsonAsync(200, Describe(name, path.Leaf.Properties));
    }

    public async Task ExistsAsync(HttpContext http)
    {
        var (_, path) = await NamespaceAsync(http);
        http.Caller().Authorize(Operation.NamespaceExists, path.Ids);
        await http.WriteNothingAsync();
    }

    public async Task DropAsync(HttpContext http)
    {
        var (name, path) = await NamespaceAsync(http);
        http.Caller().Authorize(Operation.DropNamespace, path.Ids);
        try
        {
            if (!await database.Direct.DeleteAsync(path.Leaf.Id, http.RequestAborted))
                throw PolarisException.NoSuchNamespace(name);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw PolarisException.NamespaceNotEmpty(name);
        }

        await http.WriteNothingAsync();
    }

    public async Task UpdatePropertiesAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var removals = request.Strings("removals").Distinct(StringComparer.Ordinal).ToList();
        var updates = request.OptionalStringMap("updates") ?? [];
        if (removals.Find(updates.ContainsKey) is { } both)
            throw PolarisException.Unprocessable($"The request removes and updates the key '{both}' at the same time");

        for (var attempt = 1; ; attempt++)
        {
            var (name, path) = await NamespaceAsync(http);
            http.Caller().Authorize(Operation.UpdateNamespaceProperties, path.Ids);
            var properties = new Dictionary<string, string>(path.Leaf.Properties, StringComparer.Ordinal);
            if (removals.Contains(LocationProperty) || (updates.TryGetValue(LocationProperty, out var moved) && moved.TrimEnd('/') != path.Leaf.Location))
                throw PolarisException.Validation($"The location of namespace {name} cannot be changed; tables lie below it");
            var removed = removals.Where(properties.Remove).ToList();
            foreach (var (key, value) in updates)
                if (key != LocationProperty)
                    properties[key] = value;
            if (await database.Direct.SwapAsync(path.Leaf with { Properties = properties }, http.RequestAborted) is not null)
            {
                await http.WriteJsonAsync(200, new JsonObject
                {
                    ["updated"] = updates.Keys.ToJson(),
                    ["removed"] = removed.ToJson(),
                    ["missing"] = removals.Except(removed).ToJson(),
                });
                return;
            }

            if (attempt == SwapAttempts)
                throw PolarisException.CommitFailed($"Others changed namespace {name} {attempt} times meanwhile; nothing was changed, try again");
        }
    }

    private static JsonObject Describe(NamespaceName name, IReadOnlyDictionary<string, string> properties) =>
        new() { ["namespace"] = name.Levels.ToJson(), ["properties"] = properties.ToJson() };

    private static PolarisException Taken(NamespaceName name) => PolarisException.AlreadyExists($"Namespace already exists: {name}");

    private Task<SecurablePath> CatalogAsync(HttpContext http) => database.Direct.CatalogAsync(http.RouteText("prefix"), http.RequestAborted);

    private async Task<(NamespaceName Name, SecurablePath Path)> NamespaceAsync(HttpContext http)
    {
        var name = NamespaceName.Split(http.RouteText("namespace"));
        return (name, await database.Direct.NamespaceAsync(await CatalogAsync(http), name, http.RequestAborted));
    }
}
