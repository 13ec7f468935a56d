using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>The catalog with its principals, roles and grants: looks first, changes what is missing or wrong, and says what it changed.</summary>
internal sealed class CatalogSetup(PolarisManagement polaris, BootstrapPlan plan)
{
    /// <summary>Sets the catalog up.</summary>
    /// <returns>What it changed.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken ct)
    {
        var catalog = new List<string>();
        await EnsureCatalogAsync(catalog, ct);

        // The principals have nothing in common, and each takes a dozen calls.
        var principals = await Task.WhenAll(new[] { plan.Writer, plan.Reader }.Select(async principal =>
        {
            var changes = new List<string>();
            await EnsurePrincipalAsync(principal, changes, ct);
            return changes;
        }));
        return [.. catalog, .. principals.SelectMany(p => p)];
    }

    private async Task EnsureCatalogAsync(List<string> changes, CancellationToken ct)
    {
        var path = $"catalogs/{plan.Catalog}";
        var found = await polaris.FindAsync(path, ct);
        if (found is null)
        {
            if (await polaris.CreateAsync("catalogs", new JsonObject
            {
                ["catalog"] = new JsonObject
                {
                    ["type"] = "INTERNAL",
                    ["name"] = plan.Catalog,
                    ["properties"] = new JsonObject { ["default-base-location"] = plan.BaseLocation },
                    ["storageConfigInfo"] = Storage(),
                },
            }, ct))
            {
                changes.Add($"catalog {plan.Catalog} created at {plan.BaseLocation}");
            }

            return;
        }

        if (found["properties"]?["default-base-location"]?.ToString().TrimEnd('/') is { } location && location != plan.BaseLocation)
        {
            throw new BootstrapException(
                $"The catalog '{plan.Catalog}' has its tables at '{location}', and the settings say '{plan.BaseLocation}'; set Lakehouse:Bucket to the bucket it was made with, or drop the catalog.");
        }

        var wrong = Wrong(found["storageConfigInfo"] as JsonObject ?? []).ToList();
        if (wrong.Count == 0)
            return;

        // The addresses of the services may be others than in the run before.
        await polaris.PutAsync(path, new JsonObject
        {
            ["currentEntityVersion"] = found["entityVersion"]?.DeepClone(),
            ["properties"] = found["properties"]?.DeepClone() ?? new JsonObject(),
            ["storageConfigInfo"] = Storage(),
        }, ct);
        changes.Add($"catalog {plan.Catalog} corrected ({string.Join(", ", wrong)})");
    }

    private JsonObject Storage() => new()
    {
        ["storageType"] = "S3",
        ["allowedLocations"] = new JsonArray(plan.BaseLocation),
        ["endpoint"] = Address(plan.Writer.Connection.StoreEndpoint),
        ["endpointInternal"] = Address(plan.CatalogStoreEndpoint),
        ["pathStyleAccess"] = true,
        ["region"] = plan.Writer.Connection.Region,
        // Clients bring their own keys for the store; the catalog gives none out.
        ["stsUnavailable"] = true,
    };

    private IEnumerable<string> Wrong(JsonObject found)
    {
        foreach (var (key, value) in Storage())
        {
            // The server adds the base location itself; more places are for others to judge.
            var same = key == "allowedLocations"
                ? (found[key] as JsonArray)?.Any(l => l?.ToString().TrimEnd('/') == plan.BaseLocation) == true
                : JsonNode.DeepEquals(found[key], value);
            if (!same)
                yield return key;
        }
    }

    private static string Address(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);

    private async Task EnsurePrincipalAsync(PrincipalPlan principal, List<string> changes, CancellationToken ct)
    {
        if (await polaris.FindAsync($"principals/{principal.Name}", ct) is null
            && await polaris.CreateAsync("principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = principal.Name, ["properties"] = new JsonObject() } }, ct))
        {
            changes.Add($"principal {principal.Name} created");
        }

        var client = principal.Connection;
        if (!await polaris.AcceptsAsync(client.ClientId, client.ClientSecret, client.Scope, ct))
        {
            await polaris.CreateAsync($"principals/{principal.Name}/reset", new JsonObject { ["clientId"] = client.ClientId, ["clientSecret"] = client.ClientSecret }, ct);
            changes.Add($"credentials of {principal.Name} set");
        }

        var catalogRoles = $"catalogs/{plan.Catalog}/catalog-roles";
        await EnsureRoleAsync("principal-roles", "principalRole", principal.PrincipalRole, changes, ct);
        await EnsureRoleAsync(catalogRoles, "catalogRole", principal.CatalogRole, changes, ct);
        await EnsureAssignedAsync($"principals/{principal.Name}/principal-roles", "principalRole", principal.PrincipalRole, changes, $"role {principal.PrincipalRole} given to {principal.Name}", ct);
        await EnsureAssignedAsync($"principal-roles/{principal.PrincipalRole}/catalog-roles/{plan.Catalog}", "catalogRole", principal.CatalogRole, changes, $"catalog role {principal.CatalogRole} given to {principal.PrincipalRole}", ct);
        await EnsureGrantsAsync($"{catalogRoles}/{principal.CatalogRole}/grants", principal, changes, ct);
    }

    private async Task EnsureRoleAsync(string collection, string kind, string role, List<string> changes, CancellationToken ct)
    {
        if (await polaris.FindAsync($"{collection}/{role}", ct) is null
            && await polaris.CreateAsync(collection, new JsonObject { [kind] = new JsonObject { ["name"] = role } }, ct))
        {
            changes.Add($"role {role} created");
        }
    }

    private async Task EnsureAssignedAsync(string path, string kind, string role, List<string> changes, string change, CancellationToken ct)
    {
        var assigned = (await polaris.GetAsync(path, ct))["roles"] as JsonArray ?? [];
        if (assigned.Any(r => r?["name"]?.ToString() == role))
            return;
        await polaris.PutAsync(path, new JsonObject { [kind] = new JsonObject { ["name"] = role } }, ct);
        changes.Add(change);
    }

    private async Task EnsureGrantsAsync(string path, PrincipalPlan principal, List<string> changes, CancellationToken ct)
    {
        var found = ((await polaris.GetAsync(path, ct))["grants"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var privilege in principal.Privileges)
        {
            if (found.Any(g => IsOnCatalog(g, privilege)))
                continue;
            await polaris.PutAsync(path, new JsonObject { ["grant"] = new JsonObject { ["type"] = "catalog", ["privilege"] = privilege } }, ct);
            changes.Add($"{privilege} granted to {principal.CatalogRole}");
        }

        // Least privilege holds only when nothing was added by hand.
        foreach (var extra in found.Where(g => !principal.Privileges.Any(p => IsOnCatalog(g, p))))
        {
            await polaris.CreateAsync(path, new JsonObject { ["grant"] = extra.DeepClone() }, ct);
            changes.Add($"{extra["privilege"]} revoked from {principal.CatalogRole}, which must not have it");
        }
    }

    private static bool IsOnCatalog(JsonObject grant, string privilege) =>
        grant["type"]?.ToString() == "catalog" && grant["privilege"]?.ToString() == privilege;
}
