using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class NamespaceTests(PolarisFixture fixture)
{
    [Fact]
    public async Task Nested_namespaces_are_made_listed_and_dropped_from_the_inside()
    {
        var lake = await fixture.NewLakeAsync();
        Assert.Equal((404, "NoSuchNamespaceException"), Outcome(await Create(lake, "a", "b")));
        Assert.Equal(200, (await Create(lake, "a")).Status);
        var nested = await Create(lake, "a", "b c");
        Assert.Equal(200, nested.Status);
        Assert.Equal($"{lake.BaseLocation}/a/b c/", nested.Body!["properties"]!["location"]!.GetValue<string>());
        Assert.Equal((409, "AlreadyExistsException"), Outcome(await Create(lake, "a", "b c")));

        var path = lake.Namespace("a%1Fb%20c");
        Assert.Equal(204, (await lake.Api.SendAsync("HEAD", path, token: lake.Reader)).Status);
        Assert.Equal("""["a","b c"]""", (await lake.Api.SendAsync("GET", path, token: lake.Reader)).Body!["namespace"]!.ToJsonString());
        var children = await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces?parent=a", token: lake.Reader);
        Assert.Equal("""[["a","b c"]]""", children.Body!["namespaces"]!.ToJsonString());
        var top = await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: lake.Reader);
        Assert.Equal("""[["a"],["bronze"],["gold"],["silver"]]""", top.Body!["namespaces"]!.ToJsonString());

        await lake.Api.SendAsync("POST", path + "/tables", Lake.CreateBody("t"), lake.Writer);
        Assert.Equal((409, "NamespaceNotEmptyException"), Outcome(await lake.Api.SendAsync("DELETE", lake.Namespace("a"), token: lake.Writer)));
        Assert.Equal((409, "NamespaceNotEmptyException"), Outcome(await lake.Api.SendAsync("DELETE", path, token: lake.Writer)));
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", path + "/tables/t", token: lake.Writer)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", path, token: lake.Writer)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Namespace("a"), token: lake.Writer)).Status);
        Assert.Equal((404, "NoSuchNamespaceException"), Outcome(await lake.Api.SendAsync("GET", lake.Namespace("a"), token: lake.Writer)));
    }

    [Fact]
    public async Task Properties_are_set_removed_and_never_both()
    {
        var lake = await fixture.NewLakeAsync();
        var path = lake.Namespace("bronze") + "/properties";
        var set = await lake.Api.SendAsync("POST", path, new JsonObject { ["updates"] = new JsonObject { ["owner"] = "a", ["tier"] = "1" } }, lake.Writer);
        Assert.Equal("""["owner","tier"]""", set.Body!["updated"]!.ToJsonString());
        var changed = await lake.Api.SendAsync("POST", path, new JsonObject { ["updates"] = new JsonObject { ["owner"] = "b" }, ["removals"] = new JsonArray("tier", "nothing") }, lake.Writer);
        Assert.Equal("""{"updated":["owner"],"removed":["tier"],"missing":["nothing"]}""", changed.Body!.ToJsonString());
        var both = await lake.Api.SendAsync("POST", path, new JsonObject { ["updates"] = new JsonObject { ["owner"] = "c" }, ["removals"] = new JsonArray("owner") }, lake.Writer);
        Assert.Equal((422, "UnprocessableEntityException"), Outcome(both));
        var moved = await lake.Api.SendAsync("POST", path, new JsonObject { ["updates"] = new JsonObject { ["location"] = lake.BaseLocation + "/elsewhere" } }, lake.Writer);
        Assert.Equal(400, moved.Status);
        var loaded = await lake.Api.SendAsync("GET", lake.Namespace("bronze"), token: lake.Writer);
        Assert.Equal($$"""{"owner":"b","location":"{{lake.BaseLocation}}/bronze/"}""".Length, loaded.Body!["properties"]!.ToJsonString().Length);
        Assert.Equal("b", loaded.Body["properties"]!["owner"]!.GetValue<string>());
    }

    [Fact]
    public async Task Concurrent_property_changes_all_stay()
    {
        var lake = await fixture.NewLakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var api = i % 2 == 0 ? fixture.First : fixture.Second;
            var answer = await api.SendAsync("POST", lake.Namespace("gold") + "/properties", new JsonObject { ["updates"] = new JsonObject { [$"k{i}"] = "v" } }, lake.Writer);
            Assert.Equal(200, answer.Status);
        }));
        var loaded = await lake.Api.SendAsync("GET", lake.Namespace("gold"), token: lake.Writer);
        Assert.Equal(9, loaded.Body!["properties"]!.AsObject().Count);
    }

    [Fact]
    public async Task Pages_show_every_name_once_also_while_others_are_dropped()
    {
        var lake = await fixture.NewLakeAsync();
        foreach (var i in Enumerable.Range(0, 5))
            await lake.CreateTableAsync($"t{i}");
        var path = lake.Namespace("bronze") + "/tables";
        var first = await lake.Api.SendAsync("GET", path + "?pageToken=&pageSize=2", token: lake.Reader);
        Assert.Equal(["t0", "t1"], Names(first));
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Table("t1"), token: lake.Writer)).Status);
        var second = await lake.Api.SendAsync("GET", $"{path}?pageToken={Token(first)}&pageSize=2", token: lake.Reader);
        Assert.Equal(["t2", "t3"], Names(second));
        var third = await lake.Api.SendAsync("GET", $"{path}?pageToken={Token(second)}&pageSize=2", token: lake.Reader);
        Assert.Equal(["t4"], Names(third));
        Assert.Null(third.Body!["next-page-token"]);
        Assert.Equal(4, Names(await lake.Api.SendAsync("GET", path + "?pageSize=2", token: lake.Reader)).Length);
        Assert.Equal(400, (await lake.Api.SendAsync("GET", path + "?pageToken=&pageSize=0", token: lake.Reader)).Status);
        Assert.Equal(400, (await lake.Api.SendAsync("GET", path + "?pageToken=%21%21", token: lake.Reader)).Status);

        static string[] Names(Answer answer) => [.. answer.Body!["identifiers"]!.AsArray().Select(i => i!["name"]!.GetValue<string>())];
        static string Token(Answer answer) => answer.Body!["next-page-token"]!.GetValue<string>();
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\nb")]
    [InlineData("a#b")]
    public async Task Names_that_would_break_a_path_are_refused(string name)
    {
        var lake = await fixture.SharedLakeAsync();
        Assert.Equal((400, "IllegalArgumentException"), Outcome(await Create(lake, name)));
        Assert.Equal(400, (await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody(name), lake.Writer)).Status);
    }

    [Fact]
    public async Task A_namespace_stays_inside_of_the_allowed_locations()
    {
        var lake = await fixture.SharedLakeAsync();
        foreach (var location in (string[])[$"s3://{fixture.Bucket}/elsewhere", lake.BaseLocation + "x", lake.BaseLocation + "/bronze/inside"])
        {
            var body = new JsonObject { ["namespace"] = new JsonArray("other"), ["properties"] = new JsonObject { ["location"] = location } };
            Assert.Equal((403, "ForbiddenException"), Outcome(await lake.Api.SendAsync("POST", $"{lake.Content}/namespaces", body, lake.Writer)));
        }
    }

    private static (int, string?) Outcome(Answer answer) => (answer.Status, answer.ErrorType);

    private static Task<Answer> Create(Lake lake, params string[] levels) =>
        lake.Api.SendAsync("POST", $"{lake.Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray([.. levels.Select(l => (JsonNode)l)]) }, lake.Writer);
}
