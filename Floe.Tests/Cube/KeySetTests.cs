using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Cube;

/// <summary>Tokens of an issuer with RSA keys: the keys are fetched by name, and only what they sign for this service is accepted.</summary>
public sealed class KeySetTests : IAsyncLifetime
{
    private static readonly long _now = RecordedShop.Clock.ToUnixTimeSeconds();

    private readonly RSA _first = RSA.Create(2048);
    private readonly RSA _second = RSA.Create(2048);
    private readonly TemporaryModel _model = new("cubes: []");
    private readonly WebApplication _issuer;
    private string _keys = "[]";
    private int _fetches;
    private RunningCube _cube = null!;

    public KeySetTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _issuer = builder.Build();
        _issuer.Urls.Add("http://127.0.0.1:0");
        _issuer.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref _fetches);
            return Results.Text($$"""{"keys":{{_keys}}}""", "application/json");
        });
    }

    public async Task InitializeAsync()
    {
        _keys = $"[{Key("one", _first)},{{\"kty\":\"EC\",\"kid\":\"other\"}}]";
        await _issuer.StartAsync();
        _cube = await _model.StartAsync(new Dictionary<string, string?>
        {
            ["CUBEJS_JWK_URL"] = $"{_issuer.Urls.First()}/keys",
            ["CUBEJS_JWT_AUDIENCE"] = "floe",
            ["CUBEJS_JWT_ISSUER"] = "https://issuer.test",
        });
    }

    public async Task DisposeAsync()
    {
        await _cube.DisposeAsync();
        await _issuer.StopAsync();
        await _issuer.DisposeAsync();
        _model.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Only_the_issuers_tokens_for_this_service_are_accepted()
    {
        var good = $$"""{"aud":["x","floe"],"iss":"https://issuer.test","exp":{{_now + 60}}}""";
        await AssertAsync(HttpStatusCode.OK, Tokens.SignRsa(good, _first, "one"), "right");
        await AssertAsync(HttpStatusCode.OK, Tokens.SignRsa(good, _first, null), "the only key needs no name");
        await AssertAsync(HttpStatusCode.OK, Tokens.Sign(good), "the secret is accepted, too");
        var fetched = _fetches;
        await AssertAsync(HttpStatusCode.OK, Tokens.SignRsa(good, _first, "one"), "again");
        Assert.Equal(fetched, _fetches);

        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa(good, _second, "one"), "another key's signature");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa(good, _second, "two"), "unknown key");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa("""{"aud":"floe"}""", _first, "one"), "no issuer");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa("""{"aud":"other","iss":"https://issuer.test"}""", _first, "one"), "another audience");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa("""{"iss":"https://issuer.test"}""", _first, "one"), "no audience");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa("""{"aud":"floe","iss":"https://elsewhere.test"}""", _first, "one"), "another issuer");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa($$"""{"aud":"floe","iss":"https://issuer.test","exp":{{_now}}}""", _first, "one"), "expired");
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa($$"""{"aud":"floe","iss":"https://issuer.test","nbf":{{_now + 1}}}""", _first, "one"), "not valid yet");
        // The public key as an HMAC secret: the classic confusion of algorithms.
        var modulus = Base64Url.EncodeToString(_first.ExportParameters(false).Modulus);
        await AssertAsync(HttpStatusCode.Forbidden, Tokens.Sign(good, secret: modulus), "public key as secret");
        // Invented names of keys do not make the service ask the issuer again and again.
        var before = _fetches;
        for (var i = 0; i < 20; i++) await AssertAsync(HttpStatusCode.Forbidden, Tokens.SignRsa(good, _first, $"invented {i}"), "invented");
        Assert.InRange(_fetches, before, before + 1);
    }

    [Theory]
    [InlineData("CUBEJS_JWK_URL", "http://example.test/keys", "it must be an https address")]
    [InlineData("CUBEJS_JWK_URL", "keys.json", "it must be an https address")]
    [InlineData("CUBEJS_JWT_ALGS", "none", "has 'none'; known are HS256 and RS256")]
    [InlineData("CUBEJS_JWT_ALGS", "RS256", "CUBEJS_JWK_URL is not set")]
    public void Bad_settings_end_the_start(string key, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => TokenSettings.Read(configuration)).Message);
    }

    private async Task AssertAsync(HttpStatusCode expected, string token, string why) =>
        Assert.True(expected == (await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", token)).Status, why);

    private static string Key(string id, RSA key)
    {
        var parameters = key.ExportParameters(false);
        return $$"""{"kty":"RSA","use":"sig","alg":"RS256","kid":"{{id}}","n":"{{Base64Url.EncodeToString(parameters.Modulus)}}","e":"{{Base64Url.EncodeToString(parameters.Exponent)}}"}""";
    }

    [Fact]
    public async Task A_connection_to_the_issuer_that_is_reset_while_it_is_made_is_503()
    {
        await using var cube = await RunningCube.StartAsync(
            Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), RecordedShop.Clock,
            new Dictionary<string, string?> { ["CUBEJS_JWK_URL"] = "http://127.0.0.1:1/keys" },
            builder => builder.Services.AddHttpClient(nameof(SigningKeys)).ConfigurePrimaryHttpMessageHandler(() => new ResettingHandler()));
        var (status, body) = await cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.SignRsa("""{"exp":1900000000}""", _first, "one"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("The keys that tokens are checked with cannot be fetched", body!["error"]!.GetValue<string>());
    }

    /// <summary>HttpClient lets this exception through as it is.</summary>
    private sealed class ResettingHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionReset);
    }
}
