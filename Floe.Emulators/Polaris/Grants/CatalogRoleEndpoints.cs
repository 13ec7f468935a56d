using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Principals;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>The catalog-role routes of the management specification, without the grants.</summary>
internal sealed class CatalogRoleEndpoints(PolarisDatabase database)
{
    /// <summary>The role that every catalog has from the start.</summary>
    public const string CatalogAdmin = "catalog_admin";

    public async Task ListAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.ListCatalogRoles);
        await http.WriteJsonAsync(200, DescribeAll(await database.Direct.ListAsync(catalog.Catalog.Id, catalog.Catalog.Id, EntityType.CatalogRole, null, null, http.RequestAborted)));
    }

    public async Task CreateAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.CreateCatalogRole);
        var given = (await http.ReadObjectAsync()).RequiredObject("catalogRole");
        var name = EntityName.Read(given);
        var role = await database.Direct.CreateAsync(
            catalog.Catalog.Id, catalog.Catalog.Id, EntityType.CatalogRole, name, given.OptionalStringMap("properties") ?? Entity.NoProperties, Entity.NoProperties, null, http.RequestAborted)
            ?? throw PolarisException.AlreadyExists($"Cannot create CatalogRole {name} in {catalog.Catalog.Name}. CatalogRole already exists or resolution failed");
        await http.WriteJsonAsync(201, role.Describe());
    }

    public async Task GetAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.GetCatalogRole);
        await http.WriteJsonAsync(200, (await RoleAsync(http, catalog)).Describe());
    }

    public async Task UpdateAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.UpdateCatalogRole);
        var request = await http.ReadObjectAsync();
        var role = await RoleAsync(http, catalog);
        role.RequireVersion(request);
        _ = request.RequiredObject("properties");
        await http.WriteJsonAsync(200, (await database.Direct.ReplaceAsync(role with { Properties = request.OptionalStringMap("properties")! }, http.RequestAborted)).Describe());
    }

    public async Task DeleteAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.DeleteCatalogRole);
        var role = await RoleAsync(http, catalog);
        if (role.Name == CatalogAdmin)
            throw PolarisException.BadRequest($"The catalog role {CatalogAdmin} cannot be dropped");
        await database.Direct.DeleteAsync(role.Id, http.RequestAborted);
        await http.WriteNothingAsync();
    }

    public async Task ListPrincipalRolesAsync(HttpContext http)
    {
        var catalog = await CatalogAsync(http, Operation.ListPrincipalRolesOfCatalogRole);
        var role = await RoleAsync(http, catalog);
        var ids = (await database.Direct.GrantsOnAsync(role.Id, http.RequestAborted)).Where(g => g.Privilege == Privilege.CatalogRoleUsage).Select(g => g.GranteeId).ToArray();
        await http.WriteJsonAsync(200, PrincipalRoleEndpoints.DescribeAll(await database.Direct.GetManyAsync(ids, http.RequestAborted)));
    }

    public static JsonObject DescribeAll(IEnumerable<Entity> roles) => new() { ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)r.Describe())]) };

    private async Task<SecurablePath> CatalogAsync(HttpContext http, Operation operation)
    {
        var catalog = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        http.Caller().Authorize(operation, catalog.Ids);
        return catalog;
    }

    private Task<Entity> RoleAsync(HttpContext http, SecurablePath catalog) => database.Direct.CatalogRoleAsync(catalog, http.RouteText("catalogRole"), http.RequestAborted);
}
