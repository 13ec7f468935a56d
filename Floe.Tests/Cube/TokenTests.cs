using System.Net;

namespace Floe.Tests.Cube;

[Collection(RecordedShopCollection.Name)]
public sealed class TokenTests(RecordedShop shop)
{
    private static readonly long _now = RecordedShop.Clock.ToUnixTimeSeconds();

    public static TheoryData<string, string> Refused => new()
    {
        { "garbage", "garbage" },
        { "three parts of garbage", "a.b.c" },
        { "other secret", Tokens.Sign("{}", secret: "other") },
        { "expired this second", Tokens.Sign($$"""{"exp":{{_now}}}""") },
        { "not valid yet", Tokens.Sign($$"""{"nbf":{{_now + 1}}}""") },
        { "exp is text", Tokens.Sign("""{"exp":"1900000000"}""") },
        { "exp is null", Tokens.Sign("""{"exp":null}""") },
        { "nbf is text", Tokens.Sign("""{"nbf":"1"}""") },
        { "payload is a list", Tokens.Sign("[]") },
        { "algorithm none", $"{Tokens.Encode("""{"alg":"none"}""")}.{Tokens.Encode("{}")}." },
        { "algorithm none, signed", Tokens.Sign("{}", header: """{"alg":"none"}""") },
        { "algorithm RS256, signed as HS256", Tokens.Sign("{}", header: """{"alg":"RS256"}""") },
        { "header is a list", Tokens.Sign("{}", header: "[]") },
        { "changed payload", Tamper(Tokens.Sign("""{"u":1}""")) },
        { "signature missing", Tokens.Sign("{}").Split('.') is [var header, var payload, _] ? $"{header}.{payload}." : "" },
        { "too long", Tokens.Sign($$"""{"x":"{{new string('x', 20_000)}}"}""") },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses(string why, string token)
    {
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", token);
        Assert.True(status == HttpStatusCode.Forbidden, why);
        Assert.Equal("""{"error":"Invalid token"}""", body!.ToJsonString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sub":"anna"}""")]
    public async Task Accepts_a_token_that_never_expires(string payload)
    {
        foreach (var authorization in (string[])[Tokens.Sign(payload), $"Bearer {Tokens.Sign(payload)}", $"bearer  {Tokens.Sign(payload)} "])
            Assert.Equal(HttpStatusCode.OK, (await shop.Cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", authorization)).Status);
    }

    [Fact]
    public async Task Accepts_within_nbf_and_exp() =>
        Assert.Equal(HttpStatusCode.OK, (await shop.Cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.Sign($$"""{"nbf":{{_now}},"exp":{{_now + 1}}}"""))).Status);

    [Theory]
    [InlineData("load?query={}")]
    [InlineData("meta")]
    [InlineData("sql?query={}")]
    [InlineData("dry-run?query={}")]
    public async Task Every_address_wants_a_token(string path)
    {
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Get, $"/cubejs-api/v1/{path}", null);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("Authorization header isn't set", body!["error"]!.GetValue<string>());
    }

    private static string Tamper(string token)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Tokens.Encode("""{"u":2}""")}.{parts[2]}";
    }
}
