using System.IO.Compression;
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

    [Theory]
    [InlineData("meta", HttpStatusCode.OK)]
    [InlineData("load?query={\"measures\":[\"Orders.count\"]}", HttpStatusCode.OK)]
    [InlineData("load", HttpStatusCode.BadRequest)]
    public async Task Head_is_get_without_a_body(string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/cubejs-api/v1/{path}");
        // Where a gateway keeps Authorization for itself.
        request.Headers.TryAddWithoutValidation("Authorization", "a gateway's");
        request.Headers.TryAddWithoutValidation("x-cube-authorization", Tokens.Valid);
        using var response = await shop.Cube.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"query":""}""")]
    [InlineData("""{"query":false}""")]
    [InlineData("""{"query":0}""")]
    public async Task A_body_without_a_query(string body)
    {
        var (status, answer) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, body);
        Assert.Equal((HttpStatusCode.BadRequest, "Query param is required"), (status, answer!["error"]!.GetValue<string>()));
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
    [InlineData("gzip, deflate, br", true)]
    [InlineData("gzip;q=1.0", true)]
    [InlineData("gzip; q=0", false)]
    [InlineData("br", false)]
    public async Task A_long_answer_is_compressed_for_who_takes_it(string accepted, bool isCompressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cubejs-api/v1/meta");
        request.Headers.TryAddWithoutValidation("Authorization", Tokens.Valid);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await shop.Cube.Client.SendAsync(request);
        Assert.Equal(isCompressed, response.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using var plain = isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body;
        Assert.Equal("Customers", (await JsonNode.ParseAsync(plain))!["cubes"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Kept_answers_are_as_fresh_ones_and_modes_are_kept_apart()
    {
        foreach (var mode in (string[])["stale-if-slow", "must-revalidate", "no-cache"])
        {
            var bodies = new List<string>();
            for (var i = 0; i < 3; i++)
            {
                var (_, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, $$$"""{"query":{"measures":["Orders.count"],"dimensions":["Orders.status"],"order":{"Orders.status":"asc"}},"cache":"{{{mode}}}"}""");
                bodies.Add(body!.ToJsonString());
            }
            Assert.Single(bodies.Distinct());
            Assert.Contains($"\"cacheMode\":\"{mode}\"", bodies[0]);
        }
    }

    [Fact]
    public async Task Origins_can_be_limited()
    {
        using var model = new TemporaryModel("cubes: []");
        await using var cube = await model.StartAsync(new Dictionary<string, string?> { ["Cube:AllowedOrigins"] = "https://bi.example.test, http://localhost:3000" });
        foreach (var (origin, isAllowed) in new[] { ("https://bi.example.test", true), ("http://localhost:3000", true), ("https://evil.example.test", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/cubejs-api/v1/meta");
            request.Headers.Add("Origin", origin);
            using var response = await cube.Client.SendAsync(request);
            Assert.Equal(isAllowed ? [origin] : [], response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values : []);
            Assert.Contains("Origin", response.Headers.Vary);
        }
    }

    [Theory]
    [InlineData("AllowedOrigins", "bi.example.test", "an origin is written https://host")]
    [InlineData("AllowedOrigins", "https://bi.example.test/app", "without a path")]
    [InlineData("MemoryLimit", "plenty", "write it as 512MB or 4GB")]
    [InlineData("QueryTimeoutSeconds", "0", "give a number from 1 to 3600")]
    [InlineData("ConcurrentQueries", "0", "give a number from 1 to 256")]
    [InlineData("CacheMegabytes", "-1", "give a number from 0")]
    [InlineData("Cache", "1", "is not a setting")]
    public async Task Bad_settings_end_the_start(string key, string value, string message)
    {
        using var model = new TemporaryModel("cubes: []");
        var e = await Assert.ThrowsAnyAsync<Exception>(() => model.StartAsync(new Dictionary<string, string?> { [$"Cube:{key}"] = value }));
        Assert.Contains(message, e.Message);
    }

    [Theory]
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
