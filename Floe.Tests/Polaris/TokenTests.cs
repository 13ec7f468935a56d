using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class TokenTests(PolarisFixture fixture)
{
    private const string Root = "<root>";

    private const string Right = "<the right one>";

    private static readonly string s_catalogs = Lake.Management + "/catalogs";

    [Fact]
    public async Task Form_and_Basic_give_a_token_of_one_hour()
    {
        var form = await fixture.First.TokenAsync(PolarisFixture.RootClientId, PolarisFixture.RootSecret);
        Assert.Equal(200, form.Status);
        Assert.Equal(("bearer", 3600), (form.Body!["token_type"]!.GetValue<string>(), form.Body["expires_in"]!.GetValue<int>()));
        var basic = await fixture.First.TokenAsync([new("grant_type", "client_credentials")], $"{PolarisFixture.RootClientId}:{PolarisFixture.RootSecret}");
        Assert.Equal(200, basic.Status);
        Assert.Equal(200, (await fixture.First.SendAsync("GET", s_catalogs, token: basic.Body!["access_token"]!.GetValue<string>())).Status);
    }

    [Theory]
    [InlineData("client_credentials", Root, "wrong", "PRINCIPAL_ROLE:ALL", 401, "unauthorized_client")]
    [InlineData("client_credentials", "nobody", "wrong", "PRINCIPAL_ROLE:ALL", 401, "unauthorized_client")]
    [InlineData("client_credentials", Root, "", "PRINCIPAL_ROLE:ALL", 400, "invalid_client")]
    [InlineData("client_credentials", Root, Right, "everything", 400, "invalid_scope")]
    [InlineData("password", Root, Right, "PRINCIPAL_ROLE:ALL", 400, "unsupported_grant_type")]
    public async Task Refusals_have_the_shape_of_OAuth(string grantType, string id, string secret, string scope, int status, string error)
    {
        var answer = await fixture.First.TokenAsync(new Dictionary<string, string> { ["grant_type"] = grantType, ["client_id"] = id == Root ? PolarisFixture.RootClientId : id, ["client_secret"] = secret == Right ? PolarisFixture.RootSecret : secret, ["scope"] = scope });
        Assert.Equal(status, answer.Status);
        Assert.Equal(error, answer.Body!["error"]!.GetValue<string>());
        Assert.NotEqual("", answer.Body["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_json_token_request_is_refused()
    {
        var answer = await fixture.First.SendAsync("POST", "/api/catalog/v1/oauth/tokens", new JsonObject { ["grant_type"] = "client_credentials" });
        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Body!["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Missing_garbage_and_forged_tokens_are_401()
    {
        var token = await fixture.First.RootAsync();
        var parts = token.Split('.');
        foreach (var wrong in (string?[])[null, "x", "a.b.c", $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA", $"{parts[0]}.{parts[1][..^2]}.{parts[2]}", "eyJhbGciOiJub25lIn0." + parts[1] + "."])
        {
            var answer = await fixture.First.SendAsync("GET", s_catalogs, token: wrong);
            Assert.Equal((401, "NotAuthorizedException"), (answer.Status, answer.ErrorType));
        }
    }

    [Trait("Category", "Inside")]
    [Fact]
    public async Task A_token_expires_after_an_hour_and_holds_in_every_process_until_then()
    {
        var clock = new ShiftedTime();
        var later = await fixture.StartAsync(time: clock);
        var token = await fixture.First.RootAsync();
        Assert.Equal(200, (await fixture.Second.SendAsync("GET", s_catalogs, token: token)).Status);

        clock.Shift = TimeSpan.FromMinutes(59);
        Assert.Equal(200, (await later.SendAsync("GET", s_catalogs, token: token)).Status);
        clock.Shift = TimeSpan.FromMinutes(61);
        var answer = await later.SendAsync("GET", s_catalogs, token: token);
        Assert.Equal(401, answer.Status);
        Assert.Contains("expired", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_ends_the_old_credentials_and_rotate_keeps_them_until_the_next_one()
    {
        var lake = await fixture.NewLakeAsync();
        var path = $"{Lake.Management}/principals/{lake.PrincipalName("writer")}";
        var id = lake.ClientId("writer");

        // Only the principal itself may rotate.
        Assert.Equal(403, (await lake.Api.SendAsync("POST", path + "/rotate", token: lake.Root)).Status);
        var rotated = await lake.Api.SendAsync("POST", path + "/rotate", token: lake.Writer);
        Assert.Equal(200, rotated.Status);
        var second = rotated.Body!["credentials"]!["clientSecret"]!.GetValue<string>();
        Assert.Equal(200, (await lake.Api.TokenAsync(id, second)).Status);
        Assert.Equal(200, (await lake.Api.TokenAsync(id, Lake.Secret("writer"))).Status);
        await lake.Api.SendAsync("POST", path + "/rotate", token: lake.Writer);
        Assert.Equal(200, (await lake.Api.TokenAsync(id, second)).Status);
        Assert.Equal(401, (await lake.Api.TokenAsync(id, Lake.Secret("writer"))).Status);

        // A reset without body: random ones, and tokens of the old client id end with a new id.
        var other = new JsonObject { ["clientId"] = id[..^2] + "ff", ["clientSecret"] = "new" };
        Assert.Equal(200, (await lake.Api.SendAsync("POST", path + "/reset", other, lake.Root)).Status);
        Assert.Equal(401, (await lake.Api.TokenAsync(id, second)).Status);
        Assert.Equal(401, (await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: lake.Writer)).Status);
        var random = await lake.Api.SendAsync("POST", path + "/reset", token: lake.Root);
        Assert.Equal(200, random.Status);
        Assert.Equal(401, (await lake.Api.TokenAsync(id[..^2] + "ff", "new")).Status);
        Assert.Equal(200, (await lake.Api.TokenAsync(id[..^2] + "ff", random.Body!["credentials"]!["clientSecret"]!.GetValue<string>())).Status);
    }

    [Theory]
    [InlineData("ABCDEF0123456789")]
    [InlineData("abc")]
    [InlineData("not-hexadecimal-")]
    public async Task A_chosen_client_id_has_sixteen_hex_digits(string clientId)
    {
        var lake = await fixture.SharedLakeAsync();
        var answer = await lake.Api.SendAsync("POST", $"{Lake.Management}/principals/{lake.PrincipalName("writer")}/reset", new JsonObject { ["clientId"] = clientId }, lake.Root);
        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task A_client_id_belongs_to_one_principal()
    {
        var lake = await fixture.SharedLakeAsync();
        var answer = await lake.Api.SendAsync("POST", $"{Lake.Management}/principals/{lake.PrincipalName("writer")}/reset", new JsonObject { ["clientId"] = lake.ClientId("reader") }, lake.Root);
        Assert.Equal((409, "AlreadyExistsException"), (answer.Status, answer.ErrorType));
        Assert.Equal(200, (await lake.Api.TokenAsync(lake.ClientId("writer"), Lake.Secret("writer"))).Status);
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
