using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>The Iceberg REST catalog: a token, its configuration, its namespaces.</summary>
internal static class CatalogCheck
{
    private const string Service = "the catalog";

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, CancellationToken cancellationToken)
    {
        if ((config.CatalogUri ?? credentials.Optional("POLARIS_URI")) is not { } uri)
            return Unconfigured.Finding("catalog", "CatalogUri", "the deployment brings its own Polaris");
        var id = credentials.Required("POLARIS_CLIENT_ID", "the principal's client id");
        var secret = credentials.Required("POLARIS_CLIENT_SECRET", "its secret");
        var api = uri.TrimEnd('/');
        var login = await http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{api}/v1/oauth/tokens") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", id), new("client_secret", secret), new("scope", "PRINCIPAL_ROLE:ALL")]) },
            Service, Refused, cancellationToken);
        var token = login["access_token"]?.ToString() ?? throw new CheckFailedException("the catalog answered the login without a token", "check that CatalogUri ends with /api/catalog");
        var settings = await GetAsync($"/v1/config?warehouse={Uri.EscapeDataString(config.CatalogWarehouse)}");
        var prefix = (settings["overrides"]?["prefix"] ?? settings["defaults"]?["prefix"])?.ToString() ?? config.CatalogWarehouse;
        var namespaces = (await GetAsync($"/v1/{Uri.EscapeDataString(prefix)}/namespaces"))["namespaces"] as JsonArray ?? [];
        return new($"the catalog {config.CatalogWarehouse} gave a token, its configuration and {namespaces.Count} namespaces", new JsonObject { ["uri"] = api, ["warehouse"] = config.CatalogWarehouse, ["namespaces"] = namespaces.Count });

        Task<JsonObject> GetAsync(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{api}{path}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return http.SendAsync(request, Service, Refused, cancellationToken);
        }

        CheckFailedException Refused(System.Net.HttpStatusCode status, string message) => status == System.Net.HttpStatusCode.NotFound
            ? new($"the catalog knows no '{config.CatalogWarehouse}' at {api} (404)", "check CatalogUri (it ends with /api/catalog) and CatalogWarehouse; the worker creates a missing catalog when it starts with root's credentials")
            : JsonHttp.Refused(Service, status, message, "POLARIS_CLIENT_ID and POLARIS_CLIENT_SECRET, and the principal's grants");
    }
}

/// <summary>A service that nobody configured is said to be unchecked, not silently left out.</summary>
internal static class Unconfigured
{
    public static CheckFinding Finding(string service, string key, string otherwise) =>
        new($"not checked: Floe:Preflight:{key} names no {service} service", Remediation: $"set Floe:Preflight:{key} for a {service} service outside of the deployment, or leave it: {otherwise}");
}
