using System.Text.Json.Nodes;
using Floe.ServiceDefaults.Lineage;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence;

/// <summary>Marquez' read API at the receiver of lineage.</summary>
internal sealed class MarquezApi(IHttpClientFactory http, IOptions<LineageOptions> options)
{
    /// <summary>An answer.</summary>
    /// <exception cref="NotCheckedException">Lineage goes nowhere.</exception>
    public async Task<JsonNode> GetAsync(string path, CancellationToken ct)
    {
        if (options.Value.Url is not { Length: > 0 } url)
            throw new NotCheckedException("Lineage:Url is not set, so that there is no Marquez to ask");
        using var client = http.CreateClient(CubeApi.HttpClientName);
        using var response = await client.GetAsync($"{url.TrimEnd('/')}/api/v1/{path}", ct);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!
            : throw new InvalidDataException($"Marquez answers {(int)response.StatusCode} to {path}");
    }
}
