using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

/// <summary>A tour over all routes; like every exchange of the other tests it is judged by <see cref="ContractJudge"/>.</summary>
[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class ContractTests(PolarisFixture fixture)
{
    private static readonly string[] s_operations =
    [
        "getToken", "getConfig", "listNamespaces", "createNamespace", "loadNamespaceMetadata", "namespaceExists", "dropNamespace", "updateProperties", "listTables", "createTable",
        "loadTable", "tableExists", "updateTable", "dropTable", "reportMetrics", "registerTable", "renameTable", "commitTransaction",
        "listCatalogs", "createCatalog", "getCatalog", "updateCatalog", "deleteCatalog", "listPrincipals", "createPrincipal", "getPrincipal", "updatePrincipal", "deletePrincipal",
        "rotateCredentials", "resetCredentials", "listPrincipalRolesAssigned", "assignPrincipalRole", "revokePrincipalRole", "listPrincipalRoles", "createPrincipalRole", "getPrincipalRole",
        "updatePrincipalRole", "deletePrincipalRole", "listAssigneePrincipalsForPrincipalRole", "listCatalogRolesForPrincipalRole", "assignCatalogRoleToPrincipalRole",
        "revokeCatalogRoleFromPrincipalRole", "listCatalogRoles", "createCatalogRole", "getCatalogRole", "updateCatalogRole", "deleteCatalogRole",
        "listAssigneePrincipalRolesForCatalogRole", "listGrantsForCatalogRole", "addGrantToCatalogRole", "revokeGrantFromCatalogRole",
    ];

    [SkippableFact]
    public async Task Every_route_answers_as_the_specifications_say()
    {
        var judge = Judge();
        var lake = new Lake(fixture, $"tour{Guid.NewGuid():N}"[..16]);
        await TourAsync(lake);
        Assert.Empty(s_operations.Except(judge.Covered.Keys));
    }

    [SkippableFact]
    public async Task The_judge_finds_what_is_wrong()
    {
        var judge = Judge();
        var commit = """{"requirements":[{"type":"assert-ref-snapshot-id","ref":"main"}],"updates":[{"action":"set-location"}]}""";
        List<string> lines = [];
        foreach (var exchange in (Exchange[])
        [
            new("POST", "/api/catalog/v1/p/namespaces/n/tables/t", commit, 200, """{"metadata-location":"x","metadata":{"format-version":2,"table-uuid":"u"}}"""),
            new("GET", "/api/catalog/v1/p/namespaces/n/tables/t", null, 200, """{"metadata":{"format-version":2}}"""),
            new("GET", "/api/management/v1/catalogs/c", null, 200, """{"type":"INTERNAL","name":"c","properties":{"default-base-location":"s3://x"},"storageConfigInfo":{"storageType":"S3","pathStyleAccess":"yes"}}"""),
            new("DELETE", "/api/catalog/v1/p/namespaces/n", null, 404, """{"message":"no"}"""),
            new("POST", "/api/catalog/v1/p/transactions/commit", null, 200, null),
        ])
            lines.AddRange((await judge.JudgeAsync(exchange)).Breaches);
        Assert.Collection(
            lines,
            line => Assert.Contains("must have required property 'snapshot-id'", line, StringComparison.Ordinal),
            line => Assert.Contains("must have required property 'location'", line, StringComparison.Ordinal),
            line => Assert.Contains("must have required property 'table-uuid'", line, StringComparison.Ordinal),
            line => Assert.Contains("/storageConfigInfo/pathStyleAccess must be boolean", line, StringComparison.Ordinal),
            line => Assert.Contains("must have required property 'error'", line, StringComparison.Ordinal),
            line => Assert.Contains("must NOT have additional properties", line, StringComparison.Ordinal),
            line => Assert.Contains("the specification has no such answer", line, StringComparison.Ordinal));
    }

    [Trait("Category", "Inside")]
    [Fact]
    public async Task Config_lists_exactly_what_is_served()
    {
        var lake = await fixture.SharedLakeAsync();
        var config = await lake.Api.SendAsync("GET", $"/api/catalog/v1/config?warehouse={lake.Name}", token: lake.Writer);
        var endpoints = config.Body!["endpoints"]!.AsArray().Select(e => e!.GetValue<string>().Split(' ')).ToList();
        Assert.Equal(16, endpoints.Count);
        Assert.Equal(lake.Name, config.Body["overrides"]!["prefix"]!.GetValue<string>());
        foreach (var endpoint in endpoints)
        {
            var path = "/api/catalog" + endpoint[1].Replace("{prefix}", lake.Name).Replace("{namespace}", "nowhere").Replace("{table}", "nothing");
            var answer = await lake.Api.SendAsync(endpoint[0], path, endpoint[0] == "POST" ? new JsonObject() : null, lake.Writer);
            // Whatever the empty request gets, it is not "no such endpoint".
            Assert.True(answer.Status is not 405 && answer.Message?.Contains("is not an endpoint", StringComparison.Ordinal) != true, $"{endpoint[0]} {path}: {answer}");
        }
    }

    private static async Task TourAsync(Lake lake)
    {
        var api = lake.Api;
        await lake.BootstrapAsync();
        await api.TokenAsync(PolarisFixture.RootClientId, "wrong");
        await api.TokenAsync(PolarisFixture.RootClientId, PolarisFixture.RootSecret);
        await Content("GET", $"/api/catalog/v1/config?warehouse={lake.Name}");
        await Content("GET", "/api/catalog/v1/config?warehouse=nowhere");
        await Content("POST", $"{lake.Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray("tour"), ["properties"] = new JsonObject { ["a"] = "b" } });
        await Content("POST", $"{lake.Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray("tour") });
        await Content("GET", $"{lake.Content}/namespaces?pageToken=&pageSize=2");
        await Content("GET", $"{lake.Content}/namespaces");
        await Content("GET", lake.Namespace("tour"));
        await Content("HEAD", lake.Namespace("tour"));
        await Content("GET", lake.Namespace("nowhere"));
        await Content("POST", lake.Namespace("tour") + "/properties", new JsonObject { ["updates"] = new JsonObject { ["c"] = "d" }, ["removals"] = new JsonArray("a", "x") });
        await Content("POST", lake.Namespace("tour") + "/properties", new JsonObject { ["updates"] = new JsonObject { ["c"] = "d" }, ["removals"] = new JsonArray("c") });

        var tables = lake.Namespace("tour") + "/tables";
        var body = Lake.CreateBody("t");
        body["partition-spec"] = new JsonObject { ["fields"] = new JsonArray(new JsonObject { ["source-id"] = 2, ["transform"] = "day", ["name"] = "day_day" }) };
        var created = await Content("POST", tables, body);
        var metadata = (JsonObject)created.Body!["metadata"]!;
        var staged = Lake.CreateBody("staged");
        staged["stage-create"] = true;
        var stagedMetadata = (JsonObject)(await Content("POST", tables, staged)).Body!["metadata"]!;
        await Content("POST", tables + "/staged", Lake.Change([new() { ["type"] = "assert-create" }], TableTests.Initialisation(stagedMetadata)));
        await Content("POST", tables, Lake.CreateBody("t"));
        await Content("POST", tables + "/t", Lake.Change([Lake.AssertUuid(metadata), Lake.AssertMain(null)], Lake.Append(metadata, 1)));
        await Content("POST", tables + "/t", Lake.Change([Lake.AssertUuid(metadata), Lake.AssertMain(null)], Lake.Append(metadata, 2)));
        await api.SendAsync("POST", tables + "/t", Lake.Change(Lake.Append(metadata, 3)), lake.Reader);
        var loaded = await Content("GET", tables + "/t");
        await api.SendAsync("GET", tables + "/t", null, lake.Writer, ("If-None-Match", loaded.Headers.ETag!.ToString()));
        await Content("GET", tables + "/t?snapshots=refs");
        await Content("GET", tables + "/nothing");
        await api.SendAsync("GET", tables + "/t");
        await Content("HEAD", tables + "/t");
        await Content("GET", tables + "?pageToken=");
        await Content("POST", tables + "/t/metrics", JsonNode.Parse("""{"report-type":"commit-report","table-name":"t","snapshot-id":1,"sequence-number":1,"operation":"append","metrics":{}}""")!);
        var change = Lake.Change([Lake.AssertMain(1)], Lake.Append((JsonObject)loaded.Body!["metadata"]!, 4));
        change["identifier"] = new JsonObject { ["namespace"] = new JsonArray("tour"), ["name"] = "t" };
        await Content("POST", $"{lake.Content}/transactions/commit", new JsonObject { ["table-changes"] = new JsonArray(change) });
        await Content("POST", $"{lake.Content}/transactions/commit", new JsonObject { ["table-changes"] = new JsonArray(change.DeepClone()) });
        await Content("POST", $"{lake.Content}/tables/rename", new JsonObject
        {
            ["source"] = new JsonObject { ["namespace"] = new JsonArray("tour"), ["name"] = "t" },
            ["destination"] = new JsonObject { ["namespace"] = new JsonArray("gold"), ["name"] = "t2" },
        });
        await Content("DELETE", tables + "/staged?purgeRequested=true");
        await Content("DELETE", lake.Table("t2", "gold"));
        await Content("POST", lake.Namespace("tour") + "/register", new JsonObject { ["name"] = "again", ["metadata-location"] = loaded.Body["metadata-location"]!.GetValue<string>() });
        await Content("DELETE", lake.Namespace("tour"));
        await Content("DELETE", tables + "/again?purgeRequested=true");
        await Content("DELETE", lake.Namespace("tour"));

        var (principal, role, catalogRole) = (lake.PrincipalName("stranger"), lake.PrincipalName("stranger"), $"/catalogs/{lake.Name}/catalog-roles/stranger");
        var rename = (int version) => new JsonObject { ["currentEntityVersion"] = version, ["properties"] = new JsonObject { ["team"] = "a" } };
        await Manage("GET", "/catalogs");
        await Manage("GET", $"/catalogs/{lake.Name}");
        await Manage("GET", "/catalogs/nowhere");
        var update = rename(1);
        update["properties"]!["default-base-location"] = lake.BaseLocation;
        await Manage("PUT", $"/catalogs/{lake.Name}", update);
        await Manage("PUT", $"/catalogs/{lake.Name}", update.DeepClone());
        await Manage("GET", "/principals");
        await Manage("GET", $"/principals/{principal}");
        await Manage("PUT", $"/principals/{principal}", rename(1));
        await Manage("GET", $"/principals/{principal}/principal-roles");
        await api.SendAsync("POST", $"{Lake.Management}/principals/{lake.PrincipalName("writer")}/rotate", null, lake.Writer);
        await Manage("GET", "/principal-roles");
        await Manage("GET", $"/principal-roles/{role}");
        await Manage("PUT", $"/principal-roles/{role}", rename(1));
        await Manage("GET", $"/principal-roles/{role}/principals");
        await Manage("GET", $"/principal-roles/{role}/catalog-roles/{lake.Name}");
        await Manage("GET", $"/catalogs/{lake.Name}/catalog-roles");
        await Manage("GET", catalogRole);
        await Manage("PUT", catalogRole, rename(1));
        await Manage("GET", catalogRole + "/principal-roles");
        await Manage("PUT", catalogRole + "/grants", Lake.Grant("TABLE_LIST", "namespace", ["gold"]));
        await Manage("GET", catalogRole + "/grants");
        await Manage("POST", catalogRole + "/grants", Lake.Grant("TABLE_LIST", "namespace", ["gold"]));
        await Manage("DELETE", $"/principal-roles/{role}/catalog-roles/{lake.Name}/stranger");
        await Manage("DELETE", catalogRole);
        await Manage("DELETE", $"/principals/{principal}/principal-roles/{role}");
        await Manage("DELETE", $"/principal-roles/{role}");
        await Manage("DELETE", $"/principals/{principal}");
        foreach (var name in (string[])["writer", "reader"])
            await Manage("DELETE", $"/catalogs/{lake.Name}/catalog-roles/{name}");
        foreach (var ns in (string[])["bronze", "silver", "gold"])
            await Content("DELETE", lake.Namespace(ns), token: lake.Root);
        await Manage("DELETE", $"/catalogs/{lake.Name}");

        Task<Answer> Content(string method, string path, JsonNode? json = null, string? token = null) => api.SendAsync(method, path, json, token ?? lake.Writer);
        Task<Answer> Manage(string method, string path, JsonNode? json = null) => api.SendAsync(method, Lake.Management + path, json, lake.Root);
    }

    private static ContractJudge Judge()
    {
        Skip.If(ContractJudge.Shared is null,
            "NOT CHECKED against the specifications, in no test: FLOE_SPECS names no folder with iceberg-rest-catalog-open-api.yaml and polaris-management-service.yml.");
        return ContractJudge.Shared;
    }
}
