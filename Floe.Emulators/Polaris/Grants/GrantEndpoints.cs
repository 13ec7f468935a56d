using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Namespaces;
using Floe.Emulators.Polaris.Principals;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables;
using Floe.Emulators.Polaris.Tokens;
using Npgsql;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>Lists, adds (PUT) and revokes (POST) what a catalog role may do.</summary>
internal sealed class GrantEndpoints(PolarisDatabase database)
{
    public async Task ListAsync(HttpContext http)
    {
        var (catalog, role) = await RoleAsync(http, Operation.ListGrants);
        var grants = new JsonArray();
        foreach (var (securableId, privilege) in await database.Direct.GrantsOfAsync(role.Id, http.RequestAborted))
            if (await DescribeAsync(catalog, securableId, privilege, http.RequestAborted) is { } grant)
                grants.Add((JsonNode)grant);
        await http.WriteJsonAsync(200, new JsonObject { ["grants"] = grants });
    }

    public async Task AddAsync(HttpContext http)
    {
        var grant = (await http.ReadObjectAsync()).RequiredObject("grant");
        var (catalog, role) = await RoleAsync(http, Operation.AddGrant);
        var (securable, privilege) = await ResolveAsync(catalog, grant, http.RequestAborted);
        try
        {
            await database.Direct.GrantAsync(role.Id, privilege, securable.Id, http.RequestAborted);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw PolarisException.NotFound($"The catalog role {role.Name} or {securable.Name} was dropped meanwhile");
        }

        await http.WriteCreatedAsync();
    }

    public async Task RevokeAsync(HttpContext http)
    {
        var grant = (await http.ReadObjectAsync()).RequiredObject("grant");
        var (catalog, role) = await RoleAsync(http, Operation.RevokeGrant);
        // Nothing is granted by way of another grant, so there is nothing that cascade=true would add; the value must still be one.
        if (http.Request.Query["cascade"] is [{ Length: > 0 } cascade] && !bool.TryParse(cascade, out _))
            throw PolarisException.BadRequest($"The parameter cascade={cascade} must be true or false");
        var (securable, privilege) = await ResolveAsync(catalog, grant, http.RequestAborted);
        await database.Direct.RevokeAsync(role.Id, privilege, securable.Id, http.RequestAborted);
        await http.WriteCreatedAsync();
    }

    private async Task<(SecurablePath Catalog, Entity Role)> RoleAsync(HttpContext http, Operation operation)
    {
        var catalog = await database.Direct.CatalogAsync(http.RouteText("catalog"), http.RequestAborted);
        http.Caller().Authorize(operation, catalog.Ids);
        return (catalog, await database.Direct.CatalogRoleAsync(catalog, http.RouteText("catalogRole"), http.RequestAborted));
    }

    private async Task<(Entity Securable, Privilege Privilege)> ResolveAsync(SecurablePath catalog, JsonObject grant, CancellationToken cancellationToken)
    {
        var type = grant.RequiredString("type");
        var name = grant.RequiredString("privilege");
        if (!PrivilegeNames.TryParse(name, out var privilege) || !GrantTypes.Allows(type, privilege))
            throw PolarisException.BadRequest($"The privilege '{name}' cannot be granted on a {type}");
        var securable = type switch
        {
            "catalog" => catalog,
            "namespace" => await database.Direct.NamespaceAsync(catalog, NamespaceName.Parse(grant, "namespace"), cancellationToken),
            "table" => await database.Direct.TableAsync(catalog, new(NamespaceName.Parse(grant, "namespace"), grant.RequiredString("tableName")), cancellationToken),
            _ => throw PolarisException.NotFound($"This server has no {type} to grant {name} on"),
        };
        return (securable.Leaf, privilege);
    }

    /// <summary>A grant as the specification's GrantResource; null where the securable was dropped meanwhile.</summary>
    private async Task<JsonObject?> DescribeAsync(SecurablePath catalog, long securableId, Privilege privilege, CancellationToken cancellationToken)
    {
        if (securableId == catalog.Catalog.Id)
            return new() { ["type"] = "catalog", ["privilege"] = privilege.WireName() };
        if (await database.Direct.GetAsync(securableId, cancellationToken) is not { } securable)
            return null;
        var levels = new List<string>();
        for (var above = securable.Type == EntityType.Namespace ? securable : await ParentAsync(securable, cancellationToken);
             above is { Type: EntityType.Namespace };
             above = await ParentAsync(above, cancellationToken))
            levels.Insert(0, above.Name);
        var grant = new JsonObject { ["type"] = securable.Type == EntityType.Namespace ? "namespace" : "table", ["namespace"] = levels.ToJson() };
        if (securable.Type == EntityType.Table)
            grant["tableName"] = securable.Name;
        grant["privilege"] = privilege.WireName();
        return grant;
    }

    private Task<Entity?> ParentAsync(Entity entity, CancellationToken cancellationToken) => database.Direct.GetAsync(entity.ParentId!.Value, cancellationToken);
}
