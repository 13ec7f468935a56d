using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Catalogs;

/// <summary><c>GET /v1/config</c>: how a client reaches a catalog, and which routes it may use.</summary>
internal sealed class ConfigEndpoint(PolarisDatabase database, IReadOnlyList<string> endpoints)
{
    public async Task GetAsync(HttpContext http)
    {
        if (http.Request.Query["warehouse"] is not [{ Length: > 0 } warehouse])
            throw PolarisException.BadRequest("The parameter warehouse is missing; it names the catalog");
        var catalog = await database.Direct.FindTopLevelAsync(EntityType.Catalog, warehouse, http.RequestAborted)
            ?? throw PolarisException.NotFound($"Unable to find warehouse {warehouse}");
        await http.WriteJsonAsync(200, new JsonObject
        {
            ["defaults"] = catalog.Properties.ToJson(),
            ["overrides"] = new JsonObject { ["prefix"] = Uri.EscapeDataString(warehouse), ["namespace-separator"] = "%1F" },
            ["endpoints"] = endpoints.ToJson(),
        });
    }
}
