using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence;

/// <summary>Cube's REST API, asked as any client asks it.</summary>
internal sealed class CubeApi(IHttpClientFactory http, IOptions<EvidenceOptions> options)
{
    /// <summary>Name of the HTTP client: one that takes the first answer.</summary>
    public const string HttpClientName = "Floe.SeedWorker.Evidence";

    /// <summary>Where CubeProxy is.</summary>
    /// <exception cref="NotCheckedException">There is no CubeProxy to ask.</exception>
    public string Address => options.Value.CubeUrl is { Length: > 0 } url ? url.TrimEnd('/') : throw new NotCheckedException("Evidence:CubeUrl is not set, so that there is no CubeProxy to ask");

    /// <summary>Asks a query.</summary>
    /// <param name="query">Cube's JSON.</param>
    /// <param name="token">Null: none.</param>
    /// <exception cref="NotCheckedException">There is no CubeProxy to ask.</exception>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(string query, string? token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Address}/cubejs-api/v1/load?query={Uri.EscapeDataString(query)}");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = http.CreateClient(HttpClientName);
        using var response = await client.SendAsync(request, ct);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(ct)));
    }

    /// <summary>The rows of a query that must be answered.</summary>
    /// <exception cref="NotCheckedException">There is no CubeProxy, or no token for it.</exception>
    /// <exception cref="InvalidDataException">It refuses the query.</exception>
    public async Task<JsonArray> RowsAsync(string query, EvidenceRequest request, CancellationToken ct) =>
        await RowsAsync(query, request.Token ?? throw new NotCheckedException($"the request has no header {EvidenceRequest.TokenHeader} with a token for CubeProxy"), ct);

    /// <summary>As the other overload, with a token of one's own.</summary>
    public async Task<JsonArray> RowsAsync(string query, string token, CancellationToken ct)
    {
        var (status, body) = await SendAsync(query, token, ct);
        return status == HttpStatusCode.OK && body?["data"] is JsonArray rows
            ? rows
            : throw new InvalidDataException($"CubeProxy answers {(int)status} ({body?["error"]}) to {query}");
    }

    /// <summary>A number of a row.</summary>
    public static decimal Number(JsonNode? row, string member) => decimal.Parse(row?[member]?.ToString() ?? "0", CultureInfo.InvariantCulture);

    /// <summary>How many orders it knows.</summary>
    public async Task<long> OrdersAsync(EvidenceRequest request, CancellationToken ct) =>
        (long)Number((await RowsAsync("""{"measures":["Orders.count"]}""", request, ct))[0], "Orders.count");
}
