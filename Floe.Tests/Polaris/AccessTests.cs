using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class AccessTests(PolarisFixture fixture)
{
    [Fact]
    public async Task A_reader_loads_but_changes_nothing()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        var change = Lake.Change([Lake.AssertUuid(metadata)], Lake.Append(metadata, 1));
        Assert.Equal(200, (await lake.Api.SendAsync("GET", lake.Table("orders"), token: lake.Reader)).Status);
        Assert.Equal(200, (await lake.Api.SendAsync("GET", $"{lake.Namespace("bronze")}/tables", token: lake.Reader)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("HEAD", lake.Table("orders"), token: lake.Reader)).Status);

        foreach (var (method, path, body) in ((string, string, JsonNode?)[])
            [("POST", lake.Table("orders"), change),
             ("POST", $"{lake.Content}/transactions/commit", Transaction("orders", change)),
             ("DELETE", lake.Table("orders"), null),
             ("DELETE", lake.Table("orders") + "?purgeRequested=true", null),
             ("POST", $"{lake.Namespace("bronze")}/tables", Lake.CreateBody("other")),
             ("POST", $"{lake.Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray("other") }),
             ("DELETE", lake.Namespace("gold"), null),
             ("POST", $"{lake.Namespace("gold")}/properties", new JsonObject { ["updates"] = new JsonObject { ["a"] = "b" } }),
             ("POST", $"{lake.Content}/tables/rename", Rename("orders", "silver", "orders")),
             ("PUT", $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/reader/grants", Lake.Grant("TABLE_WRITE_DATA")),
             ("POST", $"{Lake.Management}/principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = "own" } }),
             ("GET", $"{Lake.Management}/catalogs", null)])
        {
            var answer = await lake.Api.SendAsync(method, path, body?.DeepClone(), lake.Reader);
            Assert.True((answer.Status, answer.ErrorType) == (403, "ForbiddenException"), $"{method} {path}: {answer}");
            Assert.Contains($"Principal '{lake.PrincipalName("reader")}'", answer.Message, StringComparison.Ordinal);
        }

        Assert.Null(Lake.Current(await lake.MetadataAsync("orders")));
    }

    [Fact]
    public async Task A_principal_without_grants_sees_nothing()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        foreach (var path in (string[])
            [$"{lake.Content}/namespaces", lake.Namespace("bronze"), $"{lake.Namespace("bronze")}/tables", lake.Table("orders"), $"{Lake.Management}/catalogs/{lake.Name}"])
            Assert.Equal(403, (await lake.Api.SendAsync("GET", path, token: lake.Stranger)).Status);
        Assert.Equal(403, (await lake.Api.SendAsync("HEAD", lake.Table("orders"), token: lake.Stranger)).Status);
    }

    [Fact]
    public async Task Grants_on_a_table_or_namespace_reach_no_further_and_end_when_revoked()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        await lake.CreateTableAsync("customers");
        await lake.CreateTableAsync("sums", "gold");
        var grants = $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/stranger/grants";
        var onTable = Lake.Grant("TABLE_READ_DATA", "table", ["bronze"], "orders");
        var onNamespace = Lake.Grant("TABLE_READ_DATA", "namespace", ["gold"]);

        foreach (var grant in (JsonObject[])[onTable, onNamespace])
            Assert.Equal(201, (await lake.Api.SendAsync("PUT", grants, grant.DeepClone(), lake.Root)).Status);
        Assert.Equal(200, await Load("orders", "bronze"));
        Assert.Equal(403, await Load("customers", "bronze"));
        Assert.Equal(200, await Load("sums", "gold"));
        var listed = await lake.Api.SendAsync("GET", grants, token: lake.Root);
        Assert.Equal(2, listed.Body!["grants"]!.AsArray().Count);

        foreach (var grant in (JsonObject[])[onTable, onNamespace])
            Assert.Equal(201, (await lake.Api.SendAsync("POST", grants + "?cascade=false", grant.DeepClone(), lake.Root)).Status);
        Assert.Equal(403, await Load("orders", "bronze"));
        Assert.Equal(403, await Load("sums", "gold"));

        async Task<int> Load(string table, string ns) => (await lake.Api.SendAsync("GET", lake.Table(table, ns), token: lake.Stranger)).Status;
    }

    [Fact]
    public async Task Taking_a_role_away_ends_access_at_once()
    {
        var lake = await fixture.NewLakeAsync();
        var role = lake.PrincipalName("reader");
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", $"{Lake.Management}/principals/{role}/principal-roles/{role}", token: lake.Root)).Status);
        Assert.Equal(403, (await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: lake.Reader)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", $"{Lake.Management}/principals/{role}", token: lake.Root)).Status);
        Assert.Equal(401, (await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: lake.Reader)).Status);
    }

    [Fact]
    public async Task A_token_activates_only_the_roles_of_its_scope()
    {
        var lake = await fixture.NewLakeAsync();
        var own = await lake.Api.SignInAsync(lake.ClientId("reader"), Lake.Secret("reader"), $"PRINCIPAL_ROLE:{lake.PrincipalName("reader")}");
        var foreign = await lake.Api.SignInAsync(lake.ClientId("reader"), Lake.Secret("reader"), $"PRINCIPAL_ROLE:{lake.PrincipalName("writer")}");
        Assert.Equal(200, (await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: own)).Status);
        Assert.Equal(403, (await lake.Api.SendAsync("GET", $"{lake.Content}/namespaces", token: foreign)).Status);
    }

    [Fact]
    public async Task A_commit_takes_the_privilege_of_each_update()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        var grants = $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/stranger/grants";
        await lake.Api.SendAsync("PUT", grants, Lake.Grant("TABLE_SET_PROPERTIES", "table", ["bronze"], "orders"), lake.Root);
        var properties = new JsonObject { ["action"] = "set-properties", ["updates"] = new JsonObject { ["a"] = "b" } };

        Assert.Equal(200, (await lake.CommitAsync("orders", Lake.Change((JsonObject)properties.DeepClone()), lake.Stranger)).Status);
        Assert.Equal(403, (await lake.CommitAsync("orders", Lake.Change([(JsonObject)properties.DeepClone(), .. Lake.Append(metadata, 1)]), lake.Stranger)).Status);
    }

    [Theory]
    [InlineData("NOT_A_PRIVILEGE", "catalog")]
    [InlineData("TABLE_CREATE", "table")]
    [InlineData("SERVICE_MANAGE_ACCESS", "catalog")]
    [InlineData("TABLE_READ_DATA", "galaxy")]
    public async Task What_cannot_be_granted_is_400(string privilege, string type)
    {
        var lake = await fixture.SharedLakeAsync();
        var answer = await lake.Api.SendAsync("PUT", $"{Lake.Management}/catalogs/{lake.Name}/catalog-roles/reader/grants", Lake.Grant(privilege, type, ["bronze"], "t"), lake.Root);
        Assert.Equal((400, "BadRequestException"), (answer.Status, answer.ErrorType));
    }

    internal static JsonObject Rename(string table, string ns, string name) => new()
    {
        ["source"] = new JsonObject { ["namespace"] = new JsonArray("bronze"), ["name"] = table },
        ["destination"] = new JsonObject { ["namespace"] = new JsonArray(ns), ["name"] = name },
    };

    private static JsonObject Transaction(string table, JsonObject change)
    {
        var copy = (JsonObject)change.DeepClone();
        copy["identifier"] = new JsonObject { ["namespace"] = new JsonArray("bronze"), ["name"] = table };
        return new() { ["table-changes"] = new JsonArray(copy) };
    }
}
