using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Cube.Upstream;

/// <summary>The configuration that the Cube container runs with.</summary>
public sealed class CubeJsTests
{
    [Fact]
    public async Task Takes_this_services_tokens_for_passwords_and_attaches_the_catalog_again()
    {
        const string Secret = "what Cube checks tokens with";
        var payload = $$"""{"region":"North","iat":1,"exp":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60}}}""";
        var good = Tokens.Sign(payload, Secret);
        var answer = JsonNode.Parse(await NodeScript.RunAsync("Cube/Upstream/check-cube-js.cjs", new Dictionary<string, string?>
        {
            ["CUBEJS_API_SECRET"] = Secret, ["CUBEJS_SQL_PASSWORD"] = "of the environment", ["FLOE_CATALOG_URI"] = "http://polaris:8181/api/catalog", ["FLOE_CATALOG_CLIENT_SECRET"] = "it's",
        },
            Path.GetFullPath(Path.Combine(NodeScript.Modules, "..", "charts", "floe-cube", "files", "cube.js")), good,
            Tokens.Sign(payload, "another secret"), Tokens.Sign("""{"region":"North","exp":1000000000}""", Secret), Tokens.Sign("""{"region":"North"}""", Secret), $"{good}.more", good[..^2], "of the environment", ""))!;

        Assert.Equal("Incorrect user name or password", answer["before"]!.GetValue<string>());
        Assert.Equal(good, answer["signedIn"]!["password"]!.GetValue<string>());
        foreach (var context in new[] { answer["signedIn"], answer["later"] }) Assert.Equal("""{"region":"North"}""", context!["securityContext"]!.ToJsonString());
        Assert.True(answer["later"]!["skipPasswordCheck"]!.GetValue<bool>());
        Assert.Null(answer["signedIn"]!["skipPasswordCheck"]);
        Assert.Equal(7, answer["refused"]!.AsArray().Count);
        Assert.All(answer["refused"]!.AsArray(), refused => Assert.Equal("Incorrect user name or password", refused!.GetValue<string>()));
        // The chart's own user: Cube compares.
        Assert.Equal("of the environment", answer["known"]!["password"]!.GetValue<string>());

        Assert.Equal(("the catalog is not there yet", "ready"), (answer["first"]!.GetValue<string>(), answer["second"]!.GetValue<string>()));
        Assert.Equal(2, answer["closed"]!.GetValue<int>());
        Assert.Contains("CLIENT_SECRET 'it''s'", answer["sql"]!.GetValue<string>());
        Assert.Equal(["seller", "a", "b"], answer["roles"]!.AsArray().Select(role => role!.GetValue<string>()));
        Assert.Empty(answer["none"]!.AsArray());
    }
}
