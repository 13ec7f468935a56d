using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class CommitTests(PolarisFixture fixture)
{
    /// <summary>Every test has its own table in one lake.</summary>
    private readonly string _table = $"t{Guid.NewGuid():N}";

    [Theory]
    [InlineData("""{"type":"assert-create"}""", 409)]
    [InlineData("""{"type":"assert-table-uuid","uuid":"00000000-0000-0000-0000-000000000000"}""", 409)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null}""", 409)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":2}""", 409)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"audit","snapshot-id":1}""", 409)]
    [InlineData("""{"type":"assert-last-assigned-field-id","last-assigned-field-id":4}""", 409)]
    [InlineData("""{"type":"assert-current-schema-id","current-schema-id":1}""", 409)]
    [InlineData("""{"type":"assert-last-assigned-partition-id","last-assigned-partition-id":1000}""", 409)]
    [InlineData("""{"type":"assert-default-spec-id","default-spec-id":1}""", 409)]
    [InlineData("""{"type":"assert-default-sort-order-id","default-sort-order-id":1}""", 409)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":1}""", 200)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"audit","snapshot-id":null}""", 200)]
    [InlineData("""{"type":"assert-last-assigned-field-id","last-assigned-field-id":3}""", 200)]
    [InlineData("""{"type":"assert-current-schema-id","current-schema-id":0}""", 200)]
    [InlineData("""{"type":"assert-last-assigned-partition-id","last-assigned-partition-id":999}""", 200)]
    [InlineData("""{"type":"assert-default-spec-id","default-spec-id":0}""", 200)]
    [InlineData("""{"type":"assert-default-sort-order-id","default-sort-order-id":0}""", 200)]
    [InlineData("""{"type":"assert-full-moon"}""", 400)]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main"}""", 400)]
    [InlineData("""{"type":"assert-ref-snapshot-id","snapshot-id":1}""", 400)]
    [InlineData("""{"ref":"main"}""", 400)]
    public async Task Requirements_are_checked_against_the_table(string requirement, int status)
    {
        var (lake, _) = await WithSnapshotAsync();
        var answer = await lake.CommitAsync(_table, Lake.Change([(JsonObject)JsonNode.Parse(requirement)!], [Property("checked")]));
        Assert.True(answer.Status == status, answer.ToString());
        if (status == 409)
            Assert.Equal("CommitFailedException", answer.ErrorType);
        var loaded = await lake.MetadataAsync(_table);
        Assert.Equal(status == 200, loaded["properties"]!["checked"] is not null);
    }

    [Fact]
    public async Task A_column_is_added_renamed_and_the_old_schema_removed()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var schema = (JsonObject)metadata["schemas"]![0]!.DeepClone();
        schema["fields"]!.AsArray().Add((JsonNode)Lake.Field(4, "note", "string"));
        var changed = await Committed(lake, new() { ["action"] = "add-schema", ["schema"] = schema.DeepClone() }, new() { ["action"] = "set-current-schema", ["schema-id"] = -1 });
        Assert.Equal((1, 4, 2), (changed["current-schema-id"]!.GetValue<int>(), changed["last-column-id"]!.GetValue<int>(), changed["schemas"]!.AsArray().Count));

        // The same schema again is the one that is there.
        var same = await Committed(lake, new() { ["action"] = "add-schema", ["schema"] = schema.DeepClone() }, new() { ["action"] = "set-current-schema", ["schema-id"] = -1 });
        Assert.Equal(2, same["schemas"]!.AsArray().Count);

        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(new JsonObject { ["action"] = "remove-schemas", ["schema-ids"] = new JsonArray(1) }))).Status);
        var removed = await Committed(lake, new JsonObject { ["action"] = "remove-schemas", ["schema-ids"] = new JsonArray(0) });
        Assert.Equal([1], removed["schemas"]!.AsArray().Select(s => s!["schema-id"]!.GetValue<int>()));
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(new JsonObject { ["action"] = "set-current-schema", ["schema-id"] = 7 }))).Status);
    }

    [Fact]
    public async Task Specs_keep_the_field_ids_of_earlier_ones()
    {
        var (lake, _) = await WithSnapshotAsync();
        var monthly = await Committed(lake, AddSpec((2, "month", "day_month")), new() { ["action"] = "set-default-spec", ["spec-id"] = -1 });
        Assert.Equal((1, 1000), (monthly["default-spec-id"]!.GetValue<int>(), monthly["last-partition-id"]!.GetValue<int>()));
        var both = await Committed(lake, AddSpec((1, "bucket[8]", "id_bucket"), (2, "month", "day_month")), new() { ["action"] = "set-default-spec", ["spec-id"] = -1 });
        Assert.Equal([1001, 1000], both["partition-specs"]![2]!["fields"]!.AsArray().Select(f => f!["field-id"]!.GetValue<int>()));
        var back = await Committed(lake, AddSpec((2, "month", "day_month")), new() { ["action"] = "set-default-spec", ["spec-id"] = -1 });
        Assert.Equal((1, 3), (back["default-spec-id"]!.GetValue<int>(), back["partition-specs"]!.AsArray().Count));

        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(new JsonObject { ["action"] = "remove-partition-specs", ["spec-ids"] = new JsonArray(1) }))).Status);
        var removed = await Committed(lake, new JsonObject { ["action"] = "remove-partition-specs", ["spec-ids"] = new JsonArray(0, 2) });
        Assert.Single(removed["partition-specs"]!.AsArray());
    }

    [Theory]
    [InlineData(9, "identity", "x")]
    [InlineData(1, "month", "x")]
    [InlineData(3, "hour", "x")]
    [InlineData(1, "moon", "x")]
    [InlineData(1, "bucket[0]", "x")]
    [InlineData(1, "bucket[4]", "amount")]
    public async Task Specs_that_do_not_fit_the_schema_are_400(int source, string transform, string name)
    {
        var (lake, _) = await WithSnapshotAsync();
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(AddSpec((source, transform, name))))).Status);
    }

    [Fact]
    public async Task Sort_orders_count_from_one_and_zero_is_unsorted()
    {
        var (lake, _) = await WithSnapshotAsync();
        var sorted = await Committed(lake, AddOrder(1), new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = -1 });
        Assert.Equal(1, sorted["default-sort-order-id"]!.GetValue<int>());
        var unsorted = await Committed(lake, new() { ["action"] = "add-sort-order", ["sort-order"] = new JsonObject { ["order-id"] = 5, ["fields"] = new JsonArray() } }, new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = -1 });
        Assert.Equal((0, 2), (unsorted["default-sort-order-id"]!.GetValue<int>(), unsorted["sort-orders"]!.AsArray().Count));
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(AddOrder(9)))).Status);
    }

    [Fact]
    public async Task Snapshots_branches_and_tags_come_and_go()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        metadata = await Committed(lake, Lake.Append(metadata, 2));
        metadata = await Committed(lake, Lake.Append(metadata, 3));
        Assert.Equal([1, 2, 3], metadata["snapshot-log"]!.AsArray().Select(e => e!["snapshot-id"]!.GetValue<long>()));
        Assert.Equal(3, metadata["last-sequence-number"]!.GetValue<long>());

        var referenced = await Committed(lake,
            new JsonObject { ["action"] = "set-snapshot-ref", ["ref-name"] = "dev", ["type"] = "branch", ["snapshot-id"] = 2, ["min-snapshots-to-keep"] = 3 },
            new JsonObject { ["action"] = "set-snapshot-ref", ["ref-name"] = "audit", ["type"] = "tag", ["snapshot-id"] = 1 });
        Assert.Equal("""{"snapshot-id":2,"type":"branch","min-snapshots-to-keep":3}""", referenced["refs"]!["dev"]!.ToJsonString());

        // Rolling back writes history; expiry takes the references and the history before it along.
        var back = await Committed(lake, Lake.SetMain(2));
        Assert.Equal(2, Lake.Current(back));
        Assert.Equal([1, 2, 3, 2], back["snapshot-log"]!.AsArray().Select(e => e!["snapshot-id"]!.GetValue<long>()));
        var expired = await Committed(lake, new JsonObject { ["action"] = "remove-snapshots", ["snapshot-ids"] = new JsonArray(1, 3) });
        Assert.Equal([2], Lake.Snapshots(expired));
        Assert.Equal([2], expired["snapshot-log"]!.AsArray().Select(e => e!["snapshot-id"]!.GetValue<long>()));
        Assert.Equal(["dev", "main"], expired["refs"]!.AsObject().Select(r => r.Key).Order());

        var empty = await Committed(lake, new JsonObject { ["action"] = "remove-snapshot-ref", ["ref-name"] = "main" });
        Assert.Null(Lake.Current(empty));
        Assert.Empty(empty["snapshot-log"]!.AsArray());
    }

    [Fact]
    public async Task A_snapshot_that_was_current_only_inside_of_a_commit_leaves_no_history()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var first = Lake.Append(metadata, 2);
        var second = Lake.Append(metadata, 3);
        second[0]["snapshot"]!["sequence-number"] = 3;
        second[0]["snapshot"]!["parent-snapshot-id"] = 2;
        var committed = await Committed(lake, [.. first, .. second]);
        Assert.Equal([1, 3], committed["snapshot-log"]!.AsArray().Select(e => e!["snapshot-id"]!.GetValue<long>()));
    }

    [Fact]
    public async Task A_stale_sequence_number_is_a_failed_commit_and_a_known_snapshot_an_error()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var stale = Lake.Append(metadata, 2);
        stale[0]["snapshot"]!["sequence-number"] = 1;
        var answer = await lake.CommitAsync(_table, Lake.Change(stale));
        Assert.Equal((409, "CommitFailedException"), (answer.Status, answer.ErrorType));
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(Lake.Append(metadata, 1)))).Status);
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(Lake.SetMain(77)))).Status);
        var tag = new JsonObject { ["action"] = "set-snapshot-ref", ["ref-name"] = "main", ["type"] = "tag", ["snapshot-id"] = 1 };
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(tag))).Status);
    }

    [Fact]
    public async Task Version_3_counts_rows()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var upgraded = await Committed(lake, new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 3 });
        Assert.Equal(0, upgraded["next-row-id"]!.GetValue<long>());
        var append = Lake.Append(upgraded, 2);
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change([.. append.Select(u => (JsonObject)u.DeepClone())]))).Status);
        append[0]["snapshot"]!["first-row-id"] = 0;
        append[0]["snapshot"]!["added-rows"] = 10;
        metadata = await Committed(lake, append);
        Assert.Equal(10, metadata["next-row-id"]!.GetValue<long>());
        var behind = Lake.Append(metadata, 3);
        behind[0]["snapshot"]!["first-row-id"] = 5;
        behind[0]["snapshot"]!["added-rows"] = 1;
        Assert.Equal(409, (await lake.CommitAsync(_table, Lake.Change(behind))).Status);

        var key = new JsonObject { ["key-id"] = "k", ["encrypted-key-metadata"] = "AAAA" };
        var keyed = await Committed(lake, new JsonObject { ["action"] = "add-encryption-key", ["encryption-key"] = key });
        Assert.Single(keyed["encryption-keys"]!.AsArray());
        var unkeyed = await Committed(lake, new JsonObject { ["action"] = "remove-encryption-key", ["key-id"] = "k" });
        Assert.Empty(unkeyed["encryption-keys"]!.AsArray());
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 2 }))).Status);
        Assert.Equal(400, (await lake.CommitAsync(_table, Lake.Change(new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 4 }))).Status);
    }

    [Fact]
    public async Task Statistics_are_one_file_per_snapshot()
    {
        var (lake, _) = await WithSnapshotAsync();
        JsonObject File(string path) => new() { ["snapshot-id"] = 1, ["statistics-path"] = path, ["file-size-in-bytes"] = 1, ["file-footer-size-in-bytes"] = 1, ["blob-metadata"] = new JsonArray() };
        await Committed(lake, new JsonObject { ["action"] = "set-statistics", ["statistics"] = File("s3://b/a") }, new JsonObject { ["action"] = "set-partition-statistics", ["partition-statistics"] = File("s3://b/p") });
        var replaced = await Committed(lake, new JsonObject { ["action"] = "set-statistics", ["statistics"] = File("s3://b/c") });
        Assert.Equal("s3://b/c", Assert.Single(replaced["statistics"]!.AsArray())!["statistics-path"]!.GetValue<string>());
        var removed = await Committed(lake, new JsonObject { ["action"] = "remove-statistics", ["snapshot-id"] = 1 }, new JsonObject { ["action"] = "remove-partition-statistics", ["snapshot-id"] = 1 });
        Assert.Empty(removed["statistics"]!.AsArray());
        Assert.Empty(removed["partition-statistics"]!.AsArray());
    }

    [Fact]
    public async Task A_commit_without_change_writes_nothing()
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var before = await lake.KeysAsync($"bronze/{_table}");
        var answer = await lake.CommitAsync(_table, Lake.Change([Lake.AssertUuid(metadata)], [new() { ["action"] = "remove-properties", ["removals"] = new JsonArray("nothing") }]));
        Assert.Equal(200, answer.Status);
        Assert.Equal(before, await lake.KeysAsync($"bronze/{_table}"));
    }

    [Fact]
    public async Task Old_metadata_files_leave_the_log_and_the_store_where_the_table_says_so()
    {
        var (lake, _) = await WithSnapshotAsync();
        await Committed(lake, new JsonObject
        {
            ["action"] = "set-properties",
            ["updates"] = new JsonObject { ["write.metadata.previous-versions-max"] = "2", ["write.metadata.delete-after-commit.enabled"] = "true" },
        });
        for (var i = 0; i < 4; i++)
            await Committed(lake, Property($"p{i}"));
        var metadata = await lake.MetadataAsync(_table);
        Assert.Equal(2, metadata["metadata-log"]!.AsArray().Count);
        Assert.Equal(3, (await lake.KeysAsync($"bronze/{_table}/metadata")).Count);
    }

    [Theory]
    [InlineData("""{"requirements":[],"updates":[{"action":"fly"}]}""", 400)]
    [InlineData("""{"requirements":[],"updates":[{"action":"add-view-version","view-version":{}}]}""", 400)]
    [InlineData("""{"requirements":[],"updates":[{"action":"add-snapshot"}]}""", 400)]
    [InlineData("""{"requirements":[],"updates":[{"action":"set-properties","updates":{"a":1}}]}""", 400)]
    [InlineData("""{"requirements":[],"updates":[{"action":"set-location","location":"s3://elsewhere/x"}]}""", 403)]
    [InlineData("""{"requirements":[],"updates":[{"action":"assign-uuid","uuid":"00000000-0000-0000-0000-000000000001"}]}""", 400)]
    [InlineData("""{"updates":[]}""", 400)]
    [InlineData("""{"requirements":{},"updates":[]}""", 400)]
    [InlineData("""[]""", 400)]
    public async Task Bad_commits_change_nothing(string body, int status)
    {
        var (lake, metadata) = await WithSnapshotAsync();
        var answer = await lake.Api.SendAsync("POST", lake.Table(_table), JsonNode.Parse(body), lake.Writer);
        Assert.True(answer.Status == status, answer.ToString());
        Assert.NotNull(answer.ErrorType);
        Assert.True(JsonNode.DeepEquals(metadata, await lake.MetadataAsync(_table)));
    }

    private static JsonObject Property(string name) => new() { ["action"] = "set-properties", ["updates"] = new JsonObject { [name] = "yes" } };

    private static JsonObject AddSpec(params (int Source, string Transform, string Name)[] fields) => new()
    {
        ["action"] = "add-spec",
        ["spec"] = new JsonObject { ["fields"] = new JsonArray([.. fields.Select(f => (JsonNode)new JsonObject { ["source-id"] = f.Source, ["transform"] = f.Transform, ["name"] = f.Name })]) },
    };

    private static JsonObject AddOrder(int source) => new()
    {
        ["action"] = "add-sort-order",
        ["sort-order"] = new JsonObject
        {
            ["order-id"] = 1,
            ["fields"] = new JsonArray(new JsonObject { ["source-id"] = source, ["transform"] = "identity", ["direction"] = "desc", ["null-order"] = "nulls-last" }),
        },
    };

    /// <summary>The test's table with snapshot 1.</summary>
    private async Task<(Lake Lake, JsonObject Metadata)> WithSnapshotAsync()
    {
        var lake = await fixture.SharedLakeAsync();
        return (lake, await Committed(lake, Lake.Append(await lake.CreateTableAsync(_table), 1)));
    }

    private async Task<JsonObject> Committed(Lake lake, params JsonObject[] updates)
    {
        var answer = await lake.CommitAsync(_table, Lake.Change(updates));
        Assert.True(answer.Status == 200, answer.ToString());
        return (JsonObject)answer.Body!["metadata"]!.DeepClone();
    }
}
