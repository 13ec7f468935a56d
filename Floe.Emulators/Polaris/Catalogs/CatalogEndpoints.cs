using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Principals;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;
using Npgsql;

namespace Floe.Emulators.Polaris.Catalogs;

/// <summary>The catalog routes of the management specification.</summary>
internal sealed class CatalogEndpoints(PolarisDatabase database)
{
    public async Task ListAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListCatalogs);
        var catalogs = await database.Direct.ListTopLevelAsync(EntityType.Catalog, http.RequestAborted);
        await http.WriteJsonAsync(200, new JsonObject { ["catalogs"] = new JsonArray([.. catalogs.Select(c => (JsonNode)Describe(c))]) });
    }

    public async Task CreateAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.CreateCatalog);
        var given = (await http.ReadObjectAsync()).RequiredObject("catalog");
        var name = EntityName.Read(given);
        Namespaces.ObjectName.Check(name);
        if (given.RequiredString("type") is not "INTERNAL" and var type)
            throw PolarisException.Unsupported($"Catalogs of type {type} are not supported by this server; use INTERNAL");
        var properties = given.OptionalStringMap("properties") ?? throw PolarisException.BadRequest("The field 'properties' is missing; the specification requires it");
        var storageConfig = given.RequiredObject("storageConfigInfo");
        var location = CheckStorage(properties, storageConfig);

        var catalog = await database.TransactionAsync(
            async store =>
            {
                await store.LockPlacementAsync(Entity.NoCatalog, http.RequestAborted);
                if (await store.FindTopLevelAsync(EntityType.Catalog, name, http.RequestAborted) is not null)
                    throw Taken(name);
                await RefuseOverlapAsync(store, name, location, null, http.RequestAborted);
                var created = await store.CreateAsync(
                    Entity.NoCatalog, Entity.RootId, EntityType.Catalog, name, properties, Internals(storageConfig), location.ToString(), http.RequestAborted) ?? throw Taken(name);
                var admin = (await store.CreateAsync(
                    created.Id, created.Id, EntityType.CatalogRole, CatalogRoleEndpoints.CatalogAdmin, Entity.NoProperties, Entity.NoProperties, null, http.RequestAborted))!;
                await store.GrantAsync(admin.Id, Privilege.CatalogManageAccess, created.Id, http.RequestAborted);
                await store.GrantAsync(admin.Id, Privilege.CatalogManageMetadata, created.Id, http.RequestAborted);
                var serviceAdmin = await store.PrincipalRoleAsync(Bootstrap.RealmBootstrap.ServiceAdminRole, http.RequestAborted);
                await store.GrantAsync(serviceAdmin.Id, Privilege.CatalogRoleUsage, admin.Id, http.RequestAborted);
                return created;
            },
            http.RequestAborted);
        await http.WriteJsonAsync(201, Describe(catalog));
    }

    public async Task GetAsync(HttpContext http)
    {
        var catalog = await FindAsync(http, Operation.GetCatalog);
        await http.WriteJsonAsync(200, Describe(catalog));
    }

    public async Task UpdateAsync(HttpContext http)
    {
        var request = await http.ReadObjectAsync();
        var catalog = await FindAsync(http, Operation.UpdateCatalog);
        catalog.RequireVersion(request);
        var properties = request.OptionalStringMap("properties") ?? catalog.Properties;
        var storageConfig = request.OptionalObject("storageConfigInfo") ?? catalog.StorageConfigInfo();
        var location = CheckStorage(properties, storageConfig);
        var changed = await database.TransactionAsync(
            async store =>
            {
                await store.LockPlacementAsync(Entity.NoCatalog, http.RequestAborted);
                await RefuseOverlapAsync(store, catalog.Name, location, catalog.Id, http.RequestAborted);
                return await store.ReplaceAsync(catalog with { Properties = properties, Internal = Internals(storageConfig), Location = location.ToString() }, http.RequestAborted);
            },
            http.RequestAborted);
        await http.WriteJsonAsync(200, Describe(changed));
    }

    public async Task DeleteAsync(HttpContext http)
    {
        var catalog = await FindAsync(http, Operation.DeleteCatalog);
        try
        {
            await database.TransactionAsync(
                async store =>
                {
                    var roles = await store.ListAsync(catalog.Id, catalog.Id, EntityType.CatalogRole, null, null, http.RequestAborted);
                    foreach (var role in roles)
                    {
                        if (role.Name != CatalogRoleEndpoints.CatalogAdmin)
                            throw NotEmpty(catalog.Name);
                        await store.DeleteAsync(role.Id, http.RequestAborted);
                    }

                    await store.DeleteAsync(catalog.Id, http.RequestAborted);
                },
                http.RequestAborted);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw NotEmpty(catalog.Name);
        }

        await http.WriteNothingAsync();
    }

    private async Task<Entity> FindAsync(HttpContext http, Operation operation)
    {
        var path = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        http.Caller().Authorize(operation, path.Ids);
        return path.Catalog;
    }

    /// <summary>The base location, once base location and storage settings are found valid.</summary>
    private static S3Location CheckStorage(IReadOnlyDictionary<string, string> properties, JsonObject storageConfig)
    {
        var location = S3Location.Parse(properties.GetValueOrDefault(CatalogSettings.DefaultBaseLocation)
            ?? throw PolarisException.BadRequest($"The property '{CatalogSettings.DefaultBaseLocation}' is missing; the specification requires it"));
        _ = StorageSettings.Parse(storageConfig, location);
        return location;
    }

    private static async Task RefuseOverlapAsync(StoreScope store, string name, S3Location location, long? own, CancellationToken cancellationToken)
    {
        foreach (var other in await store.ListTopLevelAsync(EntityType.Catalog, cancellationToken))
            if (other.Id != own && S3Location.Parse(other.Location!) is var taken && (location.IsWithin(taken) || taken.IsWithin(location)))
                throw PolarisException.Validation($"Catalog {name} cannot lie at {location}: it overlaps with catalog {other.Name} at {taken}");
    }

    private static Dictionary<string, string> Internals(JsonObject storageConfig) => new() { [CatalogSettings.StorageConfig] = storageConfig.ToJsonString() };

    private static PolarisException Taken(string name) => PolarisException.AlreadyExists($"Cannot create Catalog {name}. Catalog already exists or resolution failed");

    private static PolarisException NotEmpty(string name) => PolarisException.BadRequest($"Catalog '{name}' cannot be dropped, it is not empty");

    private static JsonObject Describe(Entity catalog)
    {
        var json = catalog.Describe();
        json["type"] = "INTERNAL";
        json["storageConfigInfo"] = catalog.StorageConfigInfo();
        return json;
    }
}
