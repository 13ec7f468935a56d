using System.Net;
using System.Text.Json.Nodes;
using Floe.ServiceDefaults.Configuration;
using Floe.Tests.Cube;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.Tests.Page;

/// <summary>The page's token: for this service's own page in a browser on this machine, and for nobody else; with the rights of its claims.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class PageTokenTests(RecordedShop shop)
{
    private const string Policy = """
            access_policy:
              - role: seller
                row_level:
                  filters:
                    - {member: region, operator: equals, values: ["{ securityContext.region }"]}

        """;

    private static readonly Dictionary<string, string?> s_local = new() { ["CubePage:Token"] = "local" };

    [Fact]
    public async Task The_own_page_gets_a_short_token_that_works_and_others_get_none()
    {
        var log = new LogLines();
        await using var cube = await RunningCube.StartAsync(Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), RecordedShop.Clock, s_local, builder => builder.Logging.AddProvider(log).AddFilter<LogLines>(_ => true));
        await cube.WhenReadyAsync();

        var token = await TokenAsync(cube);
        var claims = Claims(token);
        Assert.Equal(["exp", "iat"], claims.Select(claim => claim.Key).Order());
        Assert.Equal(300, (long)claims["exp"]! - (long)claims["iat"]!);
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, """/cubejs-api/v1/load?query={"measures":["Orders.count"]}""", token)).Status);

        var port = cube.Client.BaseAddress!.Port;
        foreach (var (change, why) in new (Action<HttpRequestMessage>, string)[]
        {
            (request => request.Headers.Remove("Origin"), "the request does not come from this service's own page"),
            (request => Set(request, "Origin", "null"), "the request does not come from this service's own page"),
            (request => Set(request, "Origin", "http://evil.example"), "the request does not come from this service's own page"),
            (request => Set(request, "Origin", $"https://127.0.0.1:{port}"), "the request does not come from this service's own page"),
            (request => Set(request, "Origin", $"http://127.0.0.1:{port + 1}"), "the request does not come from this service's own page"),
            // DNS rebinding: the attacker's name leads here, and the browser takes both for one origin.
            (request => { request.Headers.Host = $"evil.example:{port}"; Set(request, "Origin", $"http://evil.example:{port}"); }, "the page was not opened by the name localhost or 127.0.0.1"),
            (request => { request.Headers.Host = $"127.0.0.1.evil.example:{port}"; Set(request, "Origin", $"http://127.0.0.1.evil.example:{port}"); }, "the page was not opened by the name localhost or 127.0.0.1"),
            (request => { request.Headers.Host = $"evillocalhost:{port}"; Set(request, "Origin", $"http://evillocalhost:{port}"); }, "the page was not opened by the name localhost or 127.0.0.1"),
            (request => Set(request, "X-Forwarded-For", "127.0.0.1"), "the request came through a proxy"),
            (request => Set(request, "Forwarded", "for=127.0.0.1"), "the request came through a proxy"),
            (request => Set(request, "Sec-Fetch-Site", "cross-site"), "the browser does not say that the request comes from this service's own page"),
            (request => Set(request, "Sec-Fetch-Site", "same-site"), "the browser does not say that the request comes from this service's own page"),
            (request => request.Headers.Remove("Sec-Fetch-Site"), "the browser does not say that the request comes from this service's own page"),
        })
        {
            using var request = Request(cube);
            change(request);
            using var response = await cube.Client.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            Assert.Equal((HttpStatusCode.Forbidden, $$"""{"error":"No token: {{why}}."}"""), (response.StatusCode, body));
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
        using (var request = Request(cube))
        {
            request.Method = HttpMethod.Get;
            using var response = await cube.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
        // Names of this machine, by which browsers reach nothing else.
        foreach (var host in (string[])["localhost", "floe.localhost", "[::1]"])
        {
            using var request = Request(cube);
            request.Headers.Host = $"{host}:{port}";
            Set(request, "Origin", $"http://{host}:{port}");
            using var response = await cube.Client.SendAsync(request);
            Assert.Equal((host, HttpStatusCode.OK), (host, response.StatusCode));
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.Null(response.Headers.ETag);
        }

        Assert.Contains("Warning: Gave no token for the page: the request came through a proxy.", log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(token.Split('.')[2], StringComparison.Ordinal) || line.Contains("evil.example", StringComparison.Ordinal) && line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_token()
    {
        using var response = await shop.Cube.Client.SendAsync(Request(shop.Cube));
        Assert.Equal((HttpStatusCode.NoContent, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_token_sees_what_its_claims_may_see()
    {
        using var model = new TemporaryModel("cubes: []", (name, text) => name == "orders.yml" ? text.Replace("    dimensions:\n", $"{Policy}    dimensions:\n") : text);
        const string Query = """/cubejs-api/v1/load?query={"measures":["Orders.count"],"dimensions":["Orders.region"]}""";
        await using (var nobody = await model.StartAsync(s_local))
        {
            var token = await TokenAsync(nobody);
            Assert.Equal(HttpStatusCode.Forbidden, (await nobody.SendAsync(HttpMethod.Get, Query, token)).Status);
            // Not even which snapshot the table has.
            var freshness = (await nobody.SendAsync(HttpMethod.Get, "/api/freshness", token)).Body!;
            Assert.DoesNotContain("orders", freshness["tables"]!.AsArray().Select(table => (string)table!["table"]!));
            Assert.NotEmpty(freshness["tables"]!.AsArray());
        }
        await using var seller = await model.StartAsync(new Dictionary<string, string?>(s_local) { ["CubePage:Claims"] = """{"role":"seller","region":"North"}""", ["CUBEJS_JWT_AUDIENCE"] = "floe", ["CUBEJS_JWT_ISSUER"] = "here" });
        var (status, body) = await seller.SendAsync(HttpMethod.Get, Query, await TokenAsync(seller));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["North"], body!["data"]!.AsArray().Select(row => (string)row!["Orders.region"]!));
    }

    [Theory]
    [InlineData("CubePage:Token", "everybody", "CubePage:Token is 'everybody'; it must be pasted (the page asks for one) or local (this service signs one for a browser on this machine).")]
    [InlineData("CubePage:Claims", "{}", "CubePage:Claims is set, but Token is pasted, so that nothing reads it; set Token to local, or remove both.")]
    [InlineData("CubePage:Page", "true", "CubePage:Page is not a setting; known are CubePage:Claims, CubePage:Enabled, CubePage:Token.")]
    [InlineData("CubePage:Claims", "[]", "CubePage:Claims is not a JSON object; write claims as in a token: {\"role\":\"seller\"}.", true)]
    [InlineData("CubePage:Claims", "{role:1}", "CubePage:Claims is not valid JSON (line 1, byte 2); write claims as in a token: {\"role\":\"seller\"}.", true)]
    [InlineData("CubePage:Claims", "{\"exp\":1}", "CubePage:Claims has 'exp', which belongs to the token itself and is set when it is signed; remove it.", true)]
    [InlineData("FORWARDEDHEADERS_ENABLED", "true", "CubePage:Token is local, but ASPNETCORE_FORWARDEDHEADERS_ENABLED says that a proxy stands before this service, so that everybody would look like this machine; set CubePage:Token to pasted.", true)]
    [InlineData("CUBEJS_JWT_ALGS", "RS256", "CubePage:Token is local, but CUBEJS_JWT_ALGS does not have HS256, with which such tokens are signed; add it, or set CubePage:Token to pasted.", true)]
    public async Task Settings_that_break_a_rule_end_the_start(string key, string value, string message, bool isLocal = false)
    {
        var settings = new Dictionary<string, string?>(isLocal ? s_local : []) { [key] = value };
        if (key == "CUBEJS_JWT_ALGS") settings["CUBEJS_JWK_URL"] = "https://issuer.example/keys";
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunningCube.StartAsync(Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), settings: settings));
        Assert.True(error is ConfigurationException or OptionsValidationException, error.ToString());
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Switched_off_there_is_no_page()
    {
        await using var cube = await RunningCube.StartAsync(Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), settings: new Dictionary<string, string?> { ["CubePage:Enabled"] = "false" });
        foreach (var path in (string[])["/", "/page/token", "/page/x/app.js"])
            Assert.Equal(HttpStatusCode.NotFound, (await cube.SendAsync(path == "/page/token" ? HttpMethod.Post : HttpMethod.Get, path, null)).Status);
        // It is for others, too.
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, "/api/freshness", Tokens.Valid)).Status);
    }

    private static HttpRequestMessage Request(RunningCube cube)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/page/token");
        Set(request, "Origin", cube.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Set(request, "Sec-Fetch-Site", "same-origin");
        return request;
    }

    private static async Task<string> TokenAsync(RunningCube cube)
    {
        using var request = Request(cube);
        using var response = await cube.Client.SendAsync(request);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(300, (int)body["expiresInSeconds"]!);
        return (string)body["token"]!;
    }

    private static JsonObject Claims(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
