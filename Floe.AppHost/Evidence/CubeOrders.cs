using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.AppHost.Evidence;

/// <summary>Orders that CubeProxy's REST API counts.</summary>
internal sealed class CubeOrders(EndpointReference cube, IServiceProvider services)
{
    private const string Query = """{"measures":["Orders.count"]}""";

    public async Task<long> CountAsync(string token, CancellationToken ct)
    {
        using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{cube.Url}/cubejs-api/v1/load?query={Uri.EscapeDataString(Query)}");
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var response = await http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        return long.Parse((string)(await response.Content.ReadFromJsonAsync<JsonObject>(ct))!["data"]![0]!["Orders.count"]!, CultureInfo.InvariantCulture);
    }
}
