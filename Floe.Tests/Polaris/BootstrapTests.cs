using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class BootstrapTests(PolarisFixture fixture)
{
    [Fact]
    public async Task The_second_bootstrap_changes_nothing()
    {
        var lake = new Lake(fixture, $"boot{Guid.NewGuid():N}"[..16]);
        var first = await lake.BootstrapAsync();
        Assert.All(first, status => Assert.InRange(status, 200, 201));
        var before = await StateAsync(lake);

        var second = await lake.BootstrapAsync();

        Assert.All(second, status => Assert.Contains(status, new[] { 200, 201, 409 }));
        Assert.Equal(409, second[0]);
        Assert.Equal(before, await StateAsync(lake));
    }

    [Trait("Category", "Inside")]
    [Fact]
    public async Task A_changed_root_secret_takes_over_and_an_equal_one_changes_nothing()
    {
        var database = await fixture.NewDatabaseAsync();
        var first = await fixture.StartAsync(database, rootSecret: "one");
        var token = await first.SignInAsync("root", "one");

        var same = await fixture.StartAsync(database, rootSecret: "one");
        Assert.Equal(200, (await same.SendAsync("GET", Lake.Management + "/catalogs", token: token)).Status);

        var changed = await fixture.StartAsync(database, rootSecret: "two");
        Assert.Equal(401, (await changed.TokenAsync("root", "one")).Status);
        Assert.Equal(200, (await changed.TokenAsync("root", "two")).Status);
    }

    [Fact]
    public async Task A_catalog_has_its_admin_role_and_cannot_be_dropped_while_it_holds_something()
    {
        var lake = await fixture.NewLakeAsync();
        var grants = await lake.Api.SendAsync("GET", $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/catalog_admin/grants", token: lake.Root);
        Assert.Equal(["CATALOG_MANAGE_ACCESS", "CATALOG_MANAGE_METADATA"], grants.Body!["grants"]!.AsArray().Select(g => g!["privilege"]!.GetValue<string>()));
        var holders = await lake.Api.SendAsync("GET", $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/catalog_admin/principal-roles", token: lake.Root);
        Assert.Equal(["service_admin"], holders.Body!["roles"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()));

        var refused = await lake.Api.SendAsync("DELETE", $"{Lake.Management}/catalogs/{lake.Name}", token: lake.Root);
        Assert.Equal(400, refused.Status);
        foreach (var ns in (string[])["bronze", "silver", "gold"])
            Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Namespace(ns), token: lake.Root)).Status);
        foreach (var role in (string[])["writer", "reader", "stranger"])
            Assert.Equal(204, (await lake.Api.SendAsync("DELETE", $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/{role}", token: lake.Root)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", $"{Lake.Management}/catalogs/{lake.Name}", token: lake.Root)).Status);
        Assert.Equal(404, (await lake.Api.SendAsync("GET", $"{Lake.Management}/catalogs/{lake.Name}", token: lake.Root)).Status);
    }

    [Fact]
    public async Task An_update_needs_the_version_that_is_stored()
    {
        var lake = await fixture.NewLakeAsync();
        var path = $"{Lake.Management}/catalogs/{lake.Name}";
        var body = lake.CatalogBody();
        var properties = (JsonObject)body["properties"]!.DeepClone();
        properties["owner"] = "floe";

        var updated = await lake.Api.SendAsync("PUT", path, new JsonObject { ["currentEntityVersion"] = 1, ["properties"] = properties }, lake.Root);
        Assert.Equal(200, updated.Status);
        Assert.Equal(2, updated.Body!["entityVersion"]!.GetValue<int>());
        Assert.Equal("floe", updated.Body["properties"]!["owner"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(body["storageConfigInfo"], updated.Body["storageConfigInfo"]));

        var stale = await lake.Api.SendAsync("PUT", path, new JsonObject { ["currentEntityVersion"] = 1, ["properties"] = properties.DeepClone() }, lake.Root);
        Assert.Equal(409, stale.Status);
    }

    [Theory]
    [InlineData("SYSTEM$x")]
    [InlineData(" system$x")]
    [InlineData("")]
    public async Task Reserved_names_are_refused(string name)
    {
        var root = await fixture.First.RootAsync();
        var answer = await fixture.First.SendAsync("POST", Lake.Management + "/principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = name } }, root);
        Assert.Equal((400, "BadRequestException"), (answer.Status, answer.ErrorType));
    }

    [Fact]
    public async Task Catalogs_may_not_overlap_and_need_an_S3_base_location()
    {
        var lake = await fixture.NewLakeAsync();
        var inside = lake.CatalogBody();
        inside["name"] = lake.Name + "x";
        inside["properties"]!["default-base-location"] = lake.BaseLocation + "/inside";
        Assert.Equal(400, (await lake.Api.SendAsync("POST", Lake.Management + "/catalogs", new JsonObject { ["catalog"] = inside }, lake.Root)).Status);

        var file = lake.CatalogBody();
        file["name"] = lake.Name + "y";
        file["properties"] = new JsonObject { ["default-base-location"] = "file:///tmp" };
        var answer = await lake.Api.SendAsync("POST", Lake.Management + "/catalogs", new JsonObject { ["catalog"] = file }, lake.Root);
        Assert.Equal(400, answer.Status);
        Assert.Contains("file:///tmp", answer.Message, StringComparison.Ordinal);
    }

    /// <summary>Everything the management API shows of the lake, but for the secret's generation.</summary>
    private static async Task<string> StateAsync(Lake lake)
    {
        var state = new JsonArray();
        foreach (var path in (string[])
            [$"/catalogs/{lake.Name}", $"/catalogs/{lake.Name}/catalog-roles", $"/catalogs/{lake.Name}/catalog-roles/reader/grants", $"/catalogs/{lake.Name}/catalog-roles/writer/grants",
             $"/principals/{lake.PrincipalName("reader")}", $"/principals/{lake.PrincipalName("reader")}/principal-roles", $"/principal-roles/{lake.PrincipalName("reader")}/catalog-roles/{lake.Name}"])
            state.Add((await lake.Api.SendAsync("GET", Lake.Management + path, token: lake.Root)).Body!.DeepClone());
        state.Add((await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: lake.Root)).Body!.DeepClone());
        return state.ToJsonString();
    }
}
