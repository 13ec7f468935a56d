using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

[Collection(RecordedShopCollection.Name)]
public sealed class TransportTests(RecordedShop shop)
{
    [Theory]
    [InlineData("meta")]
    [InlineData("load?query={\"measures\":[\"Orders.count\"]}")]
    public async Task What_the_client_has_is_not_sent_again(string path)
    {
        using var first = await SendAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var etag = first.Headers.ETag!;
        Assert.True(etag.IsWeak);
        using var second = await SendAsync(path, etag.ToString());
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        using var other = await SendAsync(path, "W/\"1-other\"");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Browsers_on_other_origins_may_ask()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/cubejs-api/v1/load");
        preflight.Headers.Add("Origin", "http://example.test");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var response = await shop.Cube.Client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("authorization,content-type", response.Headers.GetValues("Access-Control-Allow-Headers").Single());
        using var refused = await shop.Cube.Client.GetAsync("/cubejs-api/v1/meta");
        Assert.Equal("*", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/cubejs-api/v1/nope")]
    public async Task An_unknown_address_says_what_is_there(string path)
    {
        using var response = await shop.Cube.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("/v1/load", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!.GetValue<string>());
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/cubejs-api/v1/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", Tokens.Valid);
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        return await shop.Cube.Client.SendAsync(request);
    }
}
