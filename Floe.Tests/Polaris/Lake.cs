using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Xunit;

namespace Floe.Tests.Polaris;

/// <summary>A catalog of one test, and the calls that tests make on it.</summary>
public sealed class Lake(PolarisFixture fixture, string name)
{
    public const string Management = "/api/management/v1";

    private readonly string _seed = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(7));

    public string Name { get; } = name;

    public PolarisApi Api { get; } = fixture.First;

    public string BaseLocation => $"s3://{fixture.Bucket}/{Name}";

    /// <summary>May do everything with content.</summary>
    public string Writer { get; private set; } = "";

    /// <summary>May list and read.</summary>
    public string Reader { get; private set; } = "";

    /// <summary>Has a principal role but no grant.</summary>
    public string Stranger { get; private set; } = "";

    public string Root { get; private set; } = "";

    public string Content => $"/api/catalog/v1/{Name}";

    public string Namespace(string ns) => $"{Content}/namespaces/{ns}";

    public string Table(string table, string ns = "bronze") => $"{Content}/namespaces/{ns}/tables/{table}";

    public string PrincipalName(string role) => $"{Name}-{role}";

    public string ClientId(string role) => _seed + role switch { "writer" => "01", "reader" => "02", _ => "03" };

    public static string Secret(string role) => $"secret of {role}";

    /// <summary>The steps of the stack's bootstrap; whatever is there already is taken as it is.</summary>
    public async Task<List<int>> BootstrapAsync()
    {
        var statuses = new List<int>();
        Root = await Api.RootAsync();
        await Step("POST", "/catalogs", new JsonObject { ["catalog"] = CatalogBody() });
        foreach (var ns in (string[])["bronze", "silver", "gold"])
            statuses.Add((await Api.SendAsync("POST", $"{Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray(ns) }, Root)).Status);
        foreach (var (role, privileges) in ((string, string[])[])
            [("writer", ["CATALOG_MANAGE_CONTENT"]), ("reader", ["NAMESPACE_LIST", "NAMESPACE_READ_PROPERTIES", "TABLE_LIST", "TABLE_READ_DATA"]), ("stranger", [])])
        {
            await Step("POST", "/principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = PrincipalName(role) } });
            await Step("POST", $"/principals/{PrincipalName(role)}/reset", new JsonObject { ["clientId"] = ClientId(role), ["clientSecret"] = Secret(role) });
            await Step("POST", "/principal-roles", new JsonObject { ["principalRole"] = new JsonObject { ["name"] = PrincipalName(role) } });
            await Step("PUT", $"/principals/{PrincipalName(role)}/principal-roles", new JsonObject { ["principalRole"] = new JsonObject { ["name"] = PrincipalName(role) } });
            await Step("POST", $"/catalogs/{Name}/catalog-roles", new JsonObject { ["catalogRole"] = new JsonObject { ["name"] = role } });
            await Step("PUT", $"/principal-roles/{PrincipalName(role)}/catalog-roles/{Name}", new JsonObject { ["catalogRole"] = new JsonObject { ["name"] = role } });
            foreach (var privilege in privileges)
                await Step("PUT", $"/catalogs/{Name}/catalog-roles/{role}/grants", Grant(privilege));
        }

        Writer = await Api.SignInAsync(ClientId("writer"), Secret("writer"));
        Reader = await Api.SignInAsync(ClientId("reader"), Secret("reader"));
        Stranger = await Api.SignInAsync(ClientId("stranger"), Secret("stranger"));
        return statuses;

        async Task Step(string method, string path, JsonNode body) => statuses.Add((await Api.SendAsync(method, Management + path, body, Root)).Status);
    }

    public JsonObject CatalogBody() => new()
    {
        ["name"] = Name,
        ["type"] = "INTERNAL",
        ["properties"] = new JsonObject { ["default-base-location"] = BaseLocation },
        ["storageConfigInfo"] = new JsonObject
        {
            ["storageType"] = "S3",
            ["allowedLocations"] = new JsonArray(BaseLocation),
            ["endpoint"] = fixture.StoreEndpoint,
            ["endpointInternal"] = fixture.StoreEndpoint,
            ["pathStyleAccess"] = true,
            ["region"] = fixture.Minio.Region,
            ["stsUnavailable"] = true,
        },
    };

    public static JsonObject Grant(string privilege, string type = "catalog", string[]? ns = null, string? table = null)
    {
        var grant = new JsonObject { ["type"] = type, ["privilege"] = privilege };
        if (ns is not null)
            grant["namespace"] = new JsonArray([.. ns.Select(level => (JsonNode)level)]);
        if (table is not null)
            grant["tableName"] = table;
        return new() { ["grant"] = grant };
    }

    public static JsonObject Field(int id, string name, JsonNode type, bool required = false) => new() { ["id"] = id, ["name"] = name, ["type"] = type, ["required"] = required };

    public static JsonObject Schema(params JsonObject[] fields) => new() { ["type"] = "struct", ["fields"] = new JsonArray([.. fields]) };

    public static JsonObject OrdersSchema() => Schema(Field(1, "id", "long", required: true), Field(2, "day", "date"), Field(3, "amount", "decimal(12,2)"));

    public static JsonObject CreateBody(string table, JsonObject? schema = null) => new() { ["name"] = table, ["schema"] = schema ?? OrdersSchema() };

    /// <summary>Creates a table and returns its metadata.</summary>
    public async Task<JsonObject> CreateTableAsync(string table, string ns = "bronze", JsonObject? schema = null)
    {
        var answer = await Api.SendAsync("POST", $"{Namespace(ns)}/tables", CreateBody(table, schema), Writer);
        Assert.True(answer.Status == 200, answer.ToString());
        return (JsonObject)answer.Body!["metadata"]!;
    }

    public async Task<JsonObject> MetadataAsync(string table, string ns = "bronze")
    {
        var answer = await Api.SendAsync("GET", Table(table, ns), token: Writer);
        Assert.True(answer.Status == 200, answer.ToString());
        return (JsonObject)answer.Body!["metadata"]!;
    }

    public Task<Answer> CommitAsync(string table, JsonObject change, string? token = null, PolarisApi? api = null, string ns = "bronze") =>
        (api ?? Api).SendAsync("POST", Table(table, ns), change, token ?? Writer);

    public static JsonObject Change(IEnumerable<JsonObject> requirements, IEnumerable<JsonObject> updates) => new()
    {
        ["requirements"] = new JsonArray([.. requirements.Select(r => r.DeepClone())]),
        ["updates"] = new JsonArray([.. updates.Select(u => u.DeepClone())]),
    };

    public static JsonObject Change(params JsonObject[] updates) => Change([], updates);

    public static JsonObject AssertMain(long? snapshotId) => new() { ["type"] = "assert-ref-snapshot-id", ["ref"] = "main", ["snapshot-id"] = snapshotId };

    public static JsonObject AssertUuid(JsonObject metadata) => new() { ["type"] = "assert-table-uuid", ["uuid"] = metadata["table-uuid"]!.GetValue<string>() };

    /// <summary>Adds a snapshot on top of what the metadata shows and points main to it.</summary>
    public static JsonObject[] Append(JsonObject metadata, long id, string manifestList = "s3://bucket/none.avro")
    {
        var parent = Current(metadata);
        var snapshot = new JsonObject
        {
            ["snapshot-id"] = id,
            ["sequence-number"] = metadata["last-sequence-number"]!.GetValue<long>() + 1,
            ["timestamp-ms"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            ["manifest-list"] = manifestList,
            ["summary"] = new JsonObject { ["operation"] = "append" },
            ["schema-id"] = 0,
        };
        if (parent is not null)
            snapshot["parent-snapshot-id"] = parent;
        return [new() { ["action"] = "add-snapshot", ["snapshot"] = snapshot }, SetMain(id)];
    }

    public static JsonObject SetMain(long id) => new() { ["action"] = "set-snapshot-ref", ["ref-name"] = "main", ["type"] = "branch", ["snapshot-id"] = id };

    public static long? Current(JsonObject metadata) => metadata["current-snapshot-id"]?.GetValue<long>() is { } id and not -1 ? id : null;

    public static long[] Snapshots(JsonObject metadata) => [.. metadata["snapshots"]!.AsArray().Select(s => s!["snapshot-id"]!.GetValue<long>())];

    /// <summary>The keys of the store below a folder of the catalog.</summary>
    public async Task<List<string>> KeysAsync(string folder)
    {
        var page = await fixture.Minio.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = fixture.Bucket, Prefix = $"{Name}/{folder}/" });
        return page.S3Objects?.ConvertAll(o => o.Key) ?? [];
    }

    public Task PutAsync(string key, string content) =>
        fixture.Minio.Client.PutObjectAsync(new() { BucketName = fixture.Bucket, Key = $"{Name}/{key}", ContentBody = content });
}
