using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>Polaris' management API (polaris-management-service.yml), as the client with these credentials.</summary>
internal sealed class PolarisManagement(HttpClient http, Uri endpoint, string clientId, string clientSecret)
{
    private const string Api = "api/management/v1";

    private readonly Uri _base = new(endpoint.GetLeftPart(UriPartial.Authority) + "/");
    private string? _token;

    /// <summary>Asks for a token (OAuth2 client credentials, as a form).</summary>
    /// <exception cref="PolarisException">It is refused.</exception>
    public async Task LogInAsync(CancellationToken ct) => _token = await TokenAsync(clientId, clientSecret, "PRINCIPAL_ROLE:ALL", ct);

    /// <summary>Whether Polaris gives a token for these credentials.</summary>
    public async Task<bool> AcceptsAsync(string id, string secret, string scope, CancellationToken ct)
    {
        try
        {
            await TokenAsync(id, secret, scope, ct);
            return true;
        }
        catch (PolarisException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
            return false;
        }
    }

    /// <summary>The resource, or null when there is none.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, ct);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(HttpMethod.Get, path, response, ct);
    }

    /// <summary>The resource.</summary>
    public async Task<JsonObject> GetAsync(string path, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, ct);
        return await ReadAsync(HttpMethod.Get, path, response, ct) ?? [];
    }

    /// <summary>Creates; false when somebody else did meanwhile.</summary>
    public async Task<bool> CreateAsync(string path, JsonObject body, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, ct);
        if (response.StatusCode == HttpStatusCode.Conflict)
            return false;
        await ReadAsync(HttpMethod.Post, path, response, ct);
        return true;
    }

    /// <summary>Sends a change.</summary>
    public async Task PutAsync(string path, JsonObject body, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Put, path, body, ct);
        await ReadAsync(HttpMethod.Put, path, response, ct);
    }

    private async Task<string> TokenAsync(string id, string secret, string scope, CancellationToken ct)
    {
        const string path = "api/catalog/v1/oauth/tokens";
        using var response = await http.PostAsync(new Uri(_base, path), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = id,
            ["client_secret"] = secret,
            ["scope"] = scope,
        }), ct);
        var answer = await ReadAsync(HttpMethod.Post, path, response, ct);
        return answer?["access_token"]?.GetValue<string>() ?? throw new PolarisException(HttpMethod.Post, path, response.StatusCode, "the answer has no access_token.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base, $"{Api}/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        return await http.SendAsync(request, ct);
    }

    private static async Task<JsonObject?> ReadAsync(HttpMethod method, string path, HttpResponseMessage response, CancellationToken ct)
    {
        JsonObject? json = null;
        try
        {
            json = await response.Content.ReadFromJsonAsync<JsonNode>(ct) as JsonObject;
        }
        catch (JsonException) when (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength is 0 or null)
        {
            // Empty on success, an HTML page of something in between on failure: the status tells it.
        }

        if (response.IsSuccessStatusCode)
            return json;
        var message = json?["error"] is JsonObject error ? error["message"]?.ToString() : json?["error_description"]?.ToString() ?? json?["message"]?.ToString();
        throw new PolarisException(method, path, response.StatusCode, message ?? response.ReasonPhrase ?? "no reason given.");
    }
}
