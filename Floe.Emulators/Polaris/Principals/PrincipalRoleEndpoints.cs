using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;

namespace Floe.Emulators.Polaris.Principals;

/// <summary>The principal-role routes of the management specification.</summary>
internal sealed class PrincipalRoleEndpoints(PolarisDatabase database)
{
    public async Task ListAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListPrincipalRoles);
        await http.WriteJsonAsync(200, DescribeAll(await database.Direct.ListTopLevelAsync(EntityType.PrincipalRole, http.RequestAborted)));
    }

    public async Task CreateAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.CreatePrincipalRole);
        var given = (await http.ReadObjectAsync()).RequiredObject("principalRole");
        var name = EntityName.Read(given);
        if (given.OptionalBool("federated") is true)
            throw PolarisException.Unsupported("Federated principal roles are not supported by this server");
        var role = await database.Direct.CreateAsync(
            Entity.NoCatalog, Entity.RootId, EntityType.PrincipalRole, name, given.OptionalStringMap("properties") ?? Entity.NoProperties, Entity.NoProperties, null, http.RequestAborted)
            ?? throw PolarisException.AlreadyExists($"Cannot create PrincipalRole {name}. PrincipalRole already exists or resolution failed");
        await http.WriteJsonAsync(201, Describe(role));
    }

    public async Task GetAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.GetPrincipalRole);
        await http.WriteJsonAsync(200, Describe(await FindAsync(http)));
    }

    public async Task UpdateAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.UpdatePrincipalRole);
        var request = await http.ReadObjectAsync();
        var role = await FindAsync(http);
        role.RequireVersion(request);
        _ = request.RequiredObject("properties");
        await http.WriteJsonAsync(200, Describe(await database.Direct.ReplaceAsync(role with { Properties = request.OptionalStringMap("properties")! }, http.RequestAborted)));
    }

    public async Task DeleteAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.DeletePrincipalRole);
        var role = await FindAsync(http);
        if (role.Name == Bootstrap.RealmBootstrap.ServiceAdminRole)
            throw PolarisException.BadRequest($"The principal role {role.Name} cannot be dropped");
        await database.Direct.DeleteAsync(role.Id, http.RequestAborted);
        await http.WriteNothingAsync();
    }

    public async Task ListPrincipalsAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListPrincipalsOfRole);
        var role = await FindAsync(http);
        var ids = (await database.Direct.GrantsOnAsync(role.Id, http.RequestAborted)).Where(g => g.Privilege == Privilege.PrincipalRoleUsage).Select(g => g.GranteeId).ToArray();
        var principals = await database.Direct.GetManyAsync(ids, http.RequestAborted);
        var clientIds = await database.Direct.ClientIdsAsync(http.RequestAborted);
        await http.WriteJsonAsync(200, new JsonObject
        {
            ["principals"] = new JsonArray([.. principals.Select(p => (JsonNode)PrincipalEndpoints.Describe(p, clientIds.GetValueOrDefault(p.Id)))]),
        });
    }

    public async Task ListCatalogRolesAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListCatalogRolesOfRole);
        var role = await FindAsync(http);
        var catalog = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        var ids = (await database.Direct.GrantsOfAsync(role.Id, http.RequestAborted)).Where(g => g.Privilege == Privilege.CatalogRoleUsage).Select(g => g.SecurableId).ToArray();
        var roles = await database.Direct.GetManyAsync(ids, http.RequestAborted);
        await http.WriteJsonAsync(200, CatalogRoleEndpoints.DescribeAll(roles.Where(r => r.CatalogId == catalog.Catalog.Id)));
    }

    public async Task AssignCatalogRoleAsync(HttpContext http)
    {
        var name = EntityName.Read((await http.ReadObjectAsync()).RequiredObject("catalogRole"));
        var catalog = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        http.Caller().Authorize(Operation.AssignCatalogRole, catalog.Ids);
        var role = await FindAsync(http);
        var catalogRole = await database.Direct.CatalogRoleAsync(catalog, name, http.RequestAborted);
        await database.Direct.GrantAsync(role.Id, Privilege.CatalogRoleUsage, catalogRole.Id, http.RequestAborted);
        await http.WriteCreatedAsync();
    }

    public async Task RevokeCatalogRoleAsync(HttpContext http)
    {
        var catalog = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        http.Caller().Authorize(Operation.RevokeCatalogRole, catalog.Ids);
        var role = await FindAsync(http);
        var catalogRole = await database.Direct.CatalogRoleAsync(catalog, http.RouteText("catalogRole"), http.RequestAborted);
        await database.Direct.RevokeAsync(role.Id, Privilege.CatalogRoleUsage, catalogRole.Id, http.RequestAborted);
        await http.WriteNothingAsync();
    }

    public static JsonObject DescribeAll(IEnumerable<Entity> roles) => new() { ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)Describe(r))]) };

    private static JsonObject Describe(Entity role)
    {
        var json = EntityVersions.Describe(role);
        json["federated"] = false;
        return json;
    }

    private Task<Entity> FindAsync(HttpContext http) => database.Direct.PrincipalRoleAsync(http.RouteText("role"), http.RequestAborted);
}

/// <summary>Roles by name.</summary>
internal static class RoleLookup
{
    /// <exception cref="PolarisException">404.</exception>
    public static async Task<Entity> PrincipalRoleAsync(this StoreScope store, string name, CancellationToken cancellationToken) =>
        await store.FindTopLevelAsync(EntityType.PrincipalRole, name, cancellationToken) ?? throw PolarisException.NotFound($"PrincipalRole {name} not found");

    /// <exception cref="PolarisException">404.</exception>
    public static async Task<Entity> CatalogRoleAsync(this StoreScope store, SecurablePath catalog, string name, CancellationToken cancellationToken) =>
        await store.FindAsync(catalog.Catalog.Id, catalog.Catalog.Id, EntityType.CatalogRole, name, cancellationToken)
        ?? throw PolarisException.NotFound($"CatalogRole {name} not found in catalog {catalog.Catalog.Name}");
}
