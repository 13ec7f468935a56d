using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class TableTests(PolarisFixture fixture)
{
    [Fact]
    public async Task A_new_table_has_fresh_ids_and_a_file_in_the_store()
    {
        var lake = await fixture.NewLakeAsync();
        var schema = Lake.Schema(
            Lake.Field(70, "id", "long", required: true),
            Lake.Field(10, "tags", new JsonObject { ["type"] = "list", ["element-id"] = 11, ["element"] = "string", ["element-required"] = false }),
            Lake.Field(20, "place", new JsonObject { ["type"] = "struct", ["fields"] = new JsonArray(Lake.Field(21, "city", "string")) }),
            Lake.Field(30, "day", "date"));
        schema["identifier-field-ids"] = new JsonArray(70);
        var body = Lake.CreateBody("orders", schema);
        body["partition-spec"] = new JsonObject { ["fields"] = new JsonArray(new JsonObject { ["source-id"] = 30, ["transform"] = "month", ["name"] = "day_month" }) };
        body["write-order"] = new JsonObject
        {
            ["order-id"] = 1,
            ["fields"] = new JsonArray(new JsonObject { ["source-id"] = 70, ["transform"] = "identity", ["direction"] = "asc", ["null-order"] = "nulls-first" }),
        };
        body["properties"] = new JsonObject { ["owner"] = "floe" };

        var created = await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", body, lake.Writer);

        Assert.Equal(200, created.Status);
        var metadata = created.Body!["metadata"]!.AsObject();
        Assert.Equal(2, metadata["format-version"]!.GetValue<int>());
        Assert.Equal($"{lake.BaseLocation}/bronze/orders", metadata["location"]!.GetValue<string>());
        Assert.Equal(6, metadata["last-column-id"]!.GetValue<int>());
        var fields = metadata["schemas"]![0]!["fields"]!.AsArray();
        Assert.Equal([1, 2, 3, 4], fields.Select(f => f!["id"]!.GetValue<int>()));
        Assert.Equal(5, fields[1]!["type"]!["element-id"]!.GetValue<int>());
        Assert.Equal(6, fields[2]!["type"]!["fields"]![0]!["id"]!.GetValue<int>());
        Assert.Equal([1], metadata["schemas"]![0]!["identifier-field-ids"]!.AsArray().Select(i => i!.GetValue<int>()));
        Assert.Equal((4, 1000), (metadata["partition-specs"]![0]!["fields"]![0]!["source-id"]!.GetValue<int>(), metadata["partition-specs"]![0]!["fields"]![0]!["field-id"]!.GetValue<int>()));
        Assert.Equal((1, 1), (metadata["default-sort-order-id"]!.GetValue<int>(), metadata["sort-orders"]![0]!["fields"]![0]!["source-id"]!.GetValue<int>()));
        Assert.Equal("floe", metadata["properties"]!["owner"]!.GetValue<string>());
        Assert.Equal(fixture.StoreEndpoint, created.Body["config"]!["s3.endpoint"]!.GetValue<string>());
        Assert.DoesNotContain(fixture.Minio.SecretKey, created.Body.ToJsonString(), StringComparison.Ordinal);

        var location = created.Body["metadata-location"]!.GetValue<string>();
        Assert.Matches($@"^{lake.BaseLocation}/bronze/orders/metadata/00000-[0-9a-f-]{{36}}\.metadata\.json$", location);
        using var file = await fixture.Minio.Client.GetObjectAsync(fixture.Bucket, location[$"s3://{fixture.Bucket}/".Length..]);
        Assert.True(JsonNode.DeepEquals(metadata, await JsonNode.ParseAsync(file.ResponseStream)));
        Assert.Equal((409, "AlreadyExistsException"), Outcome(await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody("orders"), lake.Writer)));
        Assert.Equal((404, "NoSuchNamespaceException"), Outcome(await lake.Api.SendAsync("POST", lake.Namespace("nowhere") + "/tables", Lake.CreateBody("orders"), lake.Writer)));
    }

    [Fact]
    public async Task Loading_answers_304_until_the_table_changes()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        var loaded = await lake.Api.SendAsync("GET", lake.Table("orders"), token: lake.Reader);
        var tag = loaded.Headers.ETag!.ToString();
        Assert.Equal(304, (await lake.Api.SendAsync("GET", lake.Table("orders"), null, lake.Reader, ("If-None-Match", tag))).Status);
        Assert.Equal(200, (await lake.Api.SendAsync("GET", lake.Table("orders") + "?snapshots=refs", null, lake.Reader, ("If-None-Match", tag))).Status);
        await lake.CommitAsync("orders", Lake.Change(Lake.Append(metadata, 1)));
        Assert.Equal(200, (await lake.Api.SendAsync("GET", lake.Table("orders"), null, lake.Reader, ("If-None-Match", tag))).Status);
        Assert.Equal((404, "NoSuchTableException"), Outcome(await lake.Api.SendAsync("GET", lake.Table("nothing"), token: lake.Reader)));
        Assert.Equal(404, (await lake.Api.SendAsync("HEAD", lake.Table("nothing"), token: lake.Reader)).Status);
    }

    [Fact]
    public async Task Snapshots_refs_shows_only_what_a_reference_holds()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        for (var id = 1; id <= 3; id++)
            Assert.Equal(200, (await lake.CommitAsync("orders", Lake.Change(Lake.Append(await lake.MetadataAsync("orders"), id)))).Status);
        await lake.CommitAsync("orders", Lake.Change(new JsonObject { ["action"] = "set-snapshot-ref", ["ref-name"] = "audit", ["type"] = "tag", ["snapshot-id"] = 1, ["max-ref-age-ms"] = 1000 }));
        var loaded = await lake.Api.SendAsync("GET", lake.Table("orders") + "?snapshots=refs", token: lake.Reader);
        Assert.Equal((long[])[1, 3], Lake.Snapshots((JsonObject)loaded.Body!["metadata"]!));
        Assert.Equal((long[])[1, 2, 3], Lake.Snapshots(await lake.MetadataAsync("orders")));
        Assert.Equal(400, (await lake.Api.SendAsync("GET", lake.Table("orders") + "?snapshots=some", token: lake.Reader)).Status);
    }

    [Fact]
    public async Task A_table_whose_file_is_gone_from_the_store_is_no_longer_served()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        await lake.MetadataAsync("orders");
        foreach (var key in await lake.KeysAsync("bronze/orders/metadata"))
            await fixture.Minio.Client.DeleteObjectAsync(fixture.Bucket, key);

        var loaded = await lake.Api.SendAsync("GET", lake.Table("orders"), token: lake.Reader);
        Assert.Equal((400, "NotFoundException"), Outcome(loaded));
        Assert.StartsWith("Location does not exist: s3://", loaded.Message, StringComparison.Ordinal);
        Assert.Equal((400, "NotFoundException"), Outcome(await lake.CommitAsync("orders", Lake.Change(Lake.Append(metadata, 1)))));
        Assert.Empty(await lake.KeysAsync("bronze/orders/metadata"));
        // It can be dropped, and its name used again.
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Table("orders"), token: lake.Writer)).Status);
        await lake.CreateTableAsync("orders");
    }

    [Fact]
    public async Task Asking_for_vended_credentials_is_refused_as_by_a_catalog_without_STS()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        var answer = await lake.Api.SendAsync("GET", lake.Table("orders"), null, lake.Reader, ("X-Iceberg-Access-Delegation", "vended-credentials"));
        Assert.Equal((400, "IllegalArgumentException"), Outcome(answer));
    }

    [Fact]
    public async Task A_staged_table_exists_with_its_commit_only()
    {
        var lake = await fixture.NewLakeAsync();
        var body = Lake.CreateBody("orders");
        body["stage-create"] = true;
        var staged = await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", body, lake.Writer);
        Assert.Equal(200, staged.Status);
        Assert.Null(staged.Body!["metadata-location"]);
        Assert.Equal(404, (await lake.Api.SendAsync("GET", lake.Table("orders"), token: lake.Writer)).Status);
        Assert.Empty(await lake.KeysAsync("bronze/orders"));

        var metadata = (JsonObject)staged.Body["metadata"]!;
        var change = Lake.Change([new() { ["type"] = "assert-create" }], Initialisation(metadata));
        var committed = await lake.CommitAsync("orders", (JsonObject)change.DeepClone());

        Assert.True(committed.Status == 200, committed.ToString());
        var loaded = await lake.MetadataAsync("orders");
        Assert.Equal(metadata["table-uuid"]!.GetValue<string>(), loaded["table-uuid"]!.GetValue<string>());
        Assert.Equal(9, Lake.Current(loaded));
        Assert.Equal(3, loaded["last-column-id"]!.GetValue<int>());
        Assert.Single(await lake.KeysAsync("bronze/orders"));
        Assert.Equal((409, "CommitFailedException"), Outcome(await lake.CommitAsync("orders", change)));
        Assert.Equal((404, "NoSuchTableException"), Outcome(await lake.CommitAsync("nothing", Lake.Change(new JsonObject { ["action"] = "remove-properties", ["removals"] = new JsonArray() }))));
    }

    [Fact]
    public async Task Renaming_moves_across_namespaces_and_never_over_another()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        await lake.CreateTableAsync("taken", "silver");
        var path = $"{lake.Content}/tables/rename";
        Assert.Equal((409, "AlreadyExistsException"), Outcome(await lake.Api.SendAsync("POST", path, AccessTests.Rename("orders", "silver", "taken"), lake.Writer)));
        Assert.Equal((404, "NoSuchNamespaceException"), Outcome(await lake.Api.SendAsync("POST", path, AccessTests.Rename("orders", "nowhere", "x"), lake.Writer)));
        Assert.Equal((404, "NoSuchTableException"), Outcome(await lake.Api.SendAsync("POST", path, AccessTests.Rename("nothing", "silver", "x"), lake.Writer)));
        Assert.Equal(204, (await lake.Api.SendAsync("POST", path, AccessTests.Rename("orders", "silver", "renamed"), lake.Writer)).Status);
        Assert.Equal(404, (await lake.Api.SendAsync("GET", lake.Table("orders"), token: lake.Writer)).Status);
        Assert.Equal(metadata["table-uuid"]!.GetValue<string>(), (await lake.MetadataAsync("renamed", "silver"))["table-uuid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Dropping_keeps_the_files_and_purging_deletes_them_and_no_others()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        await lake.CreateTableAsync("orders2");
        await lake.PutAsync("bronze/orders/data/a.parquet", "x");
        foreach (var malformed in (string[])["yes", "", "true&purgeRequested=false"])
            Assert.Equal((400, "BadRequestException"), Outcome(await lake.Api.SendAsync("DELETE", lake.Table("orders") + $"?purgeRequested={malformed}", token: lake.Writer)));
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Table("orders") + "?purgeRequested=true", token: lake.Writer)).Status);
        Assert.Empty(await lake.KeysAsync("bronze/orders"));
        Assert.Single(await lake.KeysAsync("bronze/orders2"));
        Assert.Equal(204, (await lake.Api.SendAsync("DELETE", lake.Table("orders2"), token: lake.Writer)).Status);
        Assert.Single(await lake.KeysAsync("bronze/orders2"));
        Assert.Equal((404, "NoSuchTableException"), Outcome(await lake.Api.SendAsync("DELETE", lake.Table("orders2"), token: lake.Writer)));
    }

    [Fact]
    public async Task A_dropped_table_is_registered_again_from_its_metadata()
    {
        var lake = await fixture.NewLakeAsync();
        var created = await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody("orders"), lake.Writer);
        var first = created.Body!["metadata-location"]!.GetValue<string>();
        var committed = await lake.CommitAsync("orders", Lake.Change(Lake.Append((JsonObject)created.Body["metadata"]!, 1)));
        var second = committed.Body!["metadata-location"]!.GetValue<string>();
        await lake.Api.SendAsync("DELETE", lake.Table("orders"), token: lake.Writer);
        var path = lake.Namespace("bronze") + "/register";

        Assert.Equal(200, (await lake.Api.SendAsync("POST", path, new JsonObject { ["name"] = "orders", ["metadata-location"] = first }, lake.Writer)).Status);
        Assert.Null(Lake.Current(await lake.MetadataAsync("orders")));
        Assert.Equal((409, "AlreadyExistsException"), Outcome(await lake.Api.SendAsync("POST", path, new JsonObject { ["name"] = "orders", ["metadata-location"] = second }, lake.Writer)));
        Assert.Equal(200, (await lake.Api.SendAsync("POST", path, new JsonObject { ["name"] = "orders", ["metadata-location"] = second, ["overwrite"] = true }, lake.Writer)).Status);
        Assert.Equal(1, Lake.Current(await lake.MetadataAsync("orders")));
    }

    [Fact]
    public async Task What_is_registered_must_be_metadata_inside_of_the_warehouse()
    {
        var lake = await fixture.NewLakeAsync();
        var path = lake.Namespace("bronze") + "/register";
        await lake.PutAsync("bronze/x/metadata/notjson.metadata.json", "{");
        await lake.PutAsync("bronze/x/metadata/v9.metadata.json", """{"format-version":9}""");
        await lake.PutAsync("bronze/x/metadata/outside.metadata.json",
            """{"format-version":2,"table-uuid":"5c1b1c9e-0a53-4a5c-8a3f-3f6f0b1e2a11","location":"s3://elsewhere/t","last-column-id":1,"schemas":[],"current-schema-id":0,"partition-specs":[],"default-spec-id":0}""");
        Assert.Equal(403, await Register($"s3://{fixture.Bucket}/other/v1.metadata.json"));
        Assert.Equal(400, await Register($"{lake.BaseLocation}/../other/v1.metadata.json"));
        Assert.Equal(400, await Register($"{lake.BaseLocation}/bronze/x/metadata/missing.metadata.json"));
        Assert.Equal(400, await Register($"{lake.BaseLocation}/bronze/x/metadata/notjson.metadata.json"));
        Assert.Equal(400, await Register($"{lake.BaseLocation}/bronze/x/metadata/v9.metadata.json"));
        Assert.Equal(403, await Register($"{lake.BaseLocation}/bronze/x/metadata/outside.metadata.json"));

        async Task<int> Register(string location) =>
            (await lake.Api.SendAsync("POST", path, new JsonObject { ["name"] = "x", ["metadata-location"] = location }, lake.Writer)).Status;
    }

    [Fact]
    public async Task A_version_1_table_is_taken_over_and_upgraded()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.PutAsync("bronze/old/metadata/v1.metadata.json", $$"""
            {"format-version":1,"location":"{{lake.BaseLocation}}/bronze/old","last-updated-ms":1500000000000,"last-column-id":2,
             "schema":{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"long"},{"id":2,"name":"d","required":false,"type":"date"}]},
             "partition-spec":[{"name":"d","transform":"identity","source-id":2,"field-id":1000}],"properties":{},"current-snapshot-id":-1,"snapshots":[]}
            """);
        var location = $"{lake.BaseLocation}/bronze/old/metadata/v1.metadata.json";
        Assert.Equal(200, (await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/register", new JsonObject { ["name"] = "old", ["metadata-location"] = location }, lake.Writer)).Status);
        var upgraded = await lake.CommitAsync("old", Lake.Change(new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 2 }));
        Assert.True(upgraded.Status == 200, upgraded.ToString());
        var metadata = (JsonObject)upgraded.Body!["metadata"]!;
        Assert.Equal(2, metadata["format-version"]!.GetValue<int>());
        Assert.False(metadata.ContainsKey("schema"));
        Assert.Equal(0, metadata["last-sequence-number"]!.GetValue<long>());
        Assert.Equal(1000, metadata["last-partition-id"]!.GetValue<int>());
        Assert.Equal(location, metadata["metadata-log"]![0]!["metadata-file"]!.GetValue<string>());
        Assert.Equal(200, (await lake.CommitAsync("old", Lake.Change(Lake.Append(metadata, 5)))).Status);
    }

    [Fact]
    public async Task Tables_may_not_lie_inside_of_each_other()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        foreach (var location in (string[])[$"{lake.BaseLocation}/bronze/orders", $"{lake.BaseLocation}/bronze/orders/inside", $"{lake.BaseLocation}/silver", $"s3://{fixture.Bucket}/elsewhere"])
        {
            var body = Lake.CreateBody("other");
            body["location"] = location;
            Assert.Equal((403, "ForbiddenException"), Outcome(await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", body, lake.Writer)));
        }
    }

    [Theory]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","type":"long","required":true},{"id":1,"name":"b","type":"long","required":true}]}""", "field id 1")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","type":"long","required":true},{"id":2,"name":"a","type":"long","required":true}]}""", "twice")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","type":"money","required":true}]}""", "money")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","type":"decimal(39,2)","required":true}]}""", "decimal(39,2)")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","type":"timestamp_ns","required":true}]}""", "format version 3")]
    [InlineData("""{"type":"struct","identifier-field-ids":[1],"fields":[{"id":1,"name":"a","type":"long","required":false}]}""", "identifier")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","required":true}]}""", "no type")]
    [InlineData("""{"fields":[]}""", "struct")]
    public async Task Invalid_schemas_are_400_and_say_why(string schema, string reason)
    {
        var lake = await fixture.SharedLakeAsync();
        var answer = await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody("orders", (JsonObject)JsonNode.Parse(schema)!), lake.Writer);
        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_accepted_from_those_who_may_read_or_write()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        var scan = JsonNode.Parse("""{"report-type":"scan-report","table-name":"orders","snapshot-id":1,"filter":true,"schema-id":0,"projected-field-ids":[1],"projected-field-names":["id"],"metrics":{}}""")!;
        var commit = JsonNode.Parse("""{"report-type":"commit-report","table-name":"orders","snapshot-id":1,"sequence-number":1,"operation":"append","metrics":{}}""")!;
        Assert.Equal(204, (await lake.Api.SendAsync("POST", lake.Table("orders") + "/metrics", scan.DeepClone(), lake.Reader)).Status);
        Assert.Equal(403, (await lake.Api.SendAsync("POST", lake.Table("orders") + "/metrics", commit.DeepClone(), lake.Reader)).Status);
        Assert.Equal(204, (await lake.Api.SendAsync("POST", lake.Table("orders") + "/metrics", commit, lake.Writer)).Status);
    }

    /// <summary>What a client commits to make a staged table real.</summary>
    internal static IEnumerable<JsonObject> Initialisation(JsonObject staged) =>
    [
        new() { ["action"] = "assign-uuid", ["uuid"] = staged["table-uuid"]!.GetValue<string>() },
        new() { ["action"] = "upgrade-format-version", ["format-version"] = 2 },
        new() { ["action"] = "add-schema", ["schema"] = staged["schemas"]![0]!.DeepClone(), ["last-column-id"] = 3 },
        new() { ["action"] = "set-current-schema", ["schema-id"] = -1 },
        new() { ["action"] = "add-spec", ["spec"] = staged["partition-specs"]![0]!.DeepClone() },
        new() { ["action"] = "set-default-spec", ["spec-id"] = -1 },
        new() { ["action"] = "add-sort-order", ["sort-order"] = staged["sort-orders"]![0]!.DeepClone() },
        new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = -1 },
        new() { ["action"] = "set-location", ["location"] = staged["location"]!.GetValue<string>() },
        new() { ["action"] = "set-properties", ["updates"] = staged["properties"]!.DeepClone() },
        .. Lake.Append(staged, 9),
    ];

    private static (int, string?) Outcome(Answer answer) => (answer.Status, answer.ErrorType);
}
