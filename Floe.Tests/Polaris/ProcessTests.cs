using System.Text.Json.Nodes;

namespace Floe.Tests.Polaris;

/// <summary>Catalog processes on one database: whatever they are asked at once, the table's history is one line.</summary>
[Collection(PolarisCollection.Name)]
public sealed class ProcessTests(PolarisFixture fixture) : IAsyncLifetime
{
    private const int Writers = 6;
    private IReadOnlyList<PolarisApi> _apis = [];
    private Lake _lake = null!;

    public async Task InitializeAsync()
    {
        _lake = await fixture.NewLakeAsync();
        _apis = await fixture.ProcessesAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_writers_that_require_the_same_one_wins()
    {
        foreach (var (name, before, requirement, updates) in Exclusive())
        {
            var metadata = await _lake.CreateTableAsync(name);
            foreach (var update in before(metadata))
                Assert.Equal(200, (await _lake.CommitAsync(name, Lake.Change(update))).Status);
            metadata = await _lake.MetadataAsync(name);
            var files = (await _lake.KeysAsync($"bronze/{name}/metadata")).Count;

            var answers = await AtOnceAsync(i => _lake.CommitAsync(name, Lake.Change([Lake.AssertUuid(metadata), requirement], updates(metadata, i)), api: Api(i)));

            Assert.True(answers.Count(a => a.Status == 200) == 1 && answers.All(a => a.Status == 200 || (a.Status, a.ErrorType) == (409, "CommitFailedException")), $"{name}: {string.Join('\n', answers.AsEnumerable())}");
            Assert.Equal(files + 1, (await _lake.KeysAsync($"bronze/{name}/metadata")).Count);
        }
    }

    [Fact]
    public async Task A_table_is_created_once_by_staged_commits_and_its_successor_is_another_table()
    {
        var body = Lake.CreateBody("staged");
        body["stage-create"] = true;
        var staged = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async i =>
            (JsonObject)(await Api(i).SendAsync("POST", _lake.Namespace("bronze") + "/tables", body, _lake.Writer)).Body!["metadata"]!));
        var answers = await AtOnceAsync(i => _lake.CommitAsync("staged", Lake.Change([new() { ["type"] = "assert-create" }], TableTests.Initialisation(staged[i])), api: Api(i)));
        var winner = Assert.Single(Enumerable.Range(0, Writers), i => answers[i].Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal((409, "CommitFailedException"), (a.Status, a.ErrorType)));
        Assert.Equal(staged[winner]["table-uuid"]!.GetValue<string>(), (await _lake.MetadataAsync("staged"))["table-uuid"]!.GetValue<string>());
        Assert.Single(await _lake.KeysAsync("bronze/staged/metadata"));

        Assert.Equal(204, (await Api(0).SendAsync("DELETE", _lake.Table("staged"), token: _lake.Writer)).Status);
        await _lake.CreateTableAsync("staged");
        var late = await _lake.CommitAsync("staged", Lake.Change([Lake.AssertUuid(staged[winner])], [Property("x", "y")]), api: Api(1));
        Assert.Equal((409, "CommitFailedException"), (late.Status, late.ErrorType));
    }

    [Fact]
    public async Task Updates_that_want_the_same_end_in_it()
    {
        foreach (var (name, before, update, holds) in Converging())
        {
            await _lake.CreateTableAsync(name);
            foreach (var change in before)
                Assert.Equal(200, (await _lake.CommitAsync(name, Lake.Change(change))).Status);
            var files = (await _lake.KeysAsync($"bronze/{name}")).Count;
            var answers = await AtOnceAsync(i => _lake.CommitAsync(name, Lake.Change(update), api: Api(i)));
            Assert.All(answers, a => Assert.True(a.Status == 200 || (a.Status, a.ErrorType) == (409, "CommitFailedException"), $"{name}: {a}"));
            Assert.Contains(answers, a => a.Status == 200);
            var metadata = await _lake.MetadataAsync(name);
            Assert.True(holds(metadata), $"{name}: {metadata.ToJsonString()}");
            // Who found the change made already has written nothing.
            Assert.Equal(files + 1, (await _lake.KeysAsync($"bronze/{name}")).Count);
        }
    }

    /// <summary>Every writer takes its steps on one table; one process is killed meanwhile. All steps are there, each once, in one line of versions.</summary>
    [Fact]
    public async Task All_kinds_of_updates_at_once_and_one_process_killed_make_one_history()
    {
        await _lake.CreateTableAsync("storm");
        var (process3, third) = await fixture.StartProcessAsync();
        await using var doomed = process3;
        PolarisApi[] apis = [_apis[0], _apis[1], third];
        var acknowledged = 0;
        var killed = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var process = writer;
            foreach (var (change, done) in Steps(writer))
            {
                while (true)
                {
                    try
                    {
                        var metadata = await LoadAsync(apis[process % 3], "storm");
                        if (done(metadata))
                            break;
                        var answer = await _lake.CommitAsync("storm", change(metadata), api: apis[process % 3]);
                        if (answer.Status == 200)
                        {
                            Interlocked.Increment(ref acknowledged);
                            break;
                        }

                        Assert.Equal((409, "CommitFailedException"), (answer.Status, answer.ErrorType));
                    }
                    catch (Exception e) when (e is HttpRequestException or IOException)
                    {
                        process++; // killed: whether the commit was made shows when the table is loaded again
                    }
                }

                if (acknowledged > Writers * 2 && Interlocked.Exchange(ref killed, 1) == 0)
                    await doomed.KillAsync();
            }
        }));

        Assert.Equal(1, killed);
        var end = await LoadAsync(Api(0), "storm");
        var columns = Current(end)["fields"]!.AsArray().Select(f => f!["name"]!.GetValue<string>()).ToList();
        Assert.Equal(Enumerable.Range(0, Writers).Select(i => $"c{i}").Order(), columns.Where(c => c.StartsWith('c')).Order());
        Assert.Equal(Enumerable.Range(3 + 1, Writers), Current(end)["fields"]!.AsArray().Select(f => f!["id"]!.GetValue<int>()).Where(id => id > 3).Order());
        Assert.Equal(Writers + 1, end["partition-specs"]!.AsArray().Count);
        Assert.Equal(1000 + Writers - 1, end["last-partition-id"]!.GetValue<int>());
        Assert.Equal(Writers + 1, end["sort-orders"]!.AsArray().Count);
        Assert.Equal(Enumerable.Range(0, Writers).Select(i => 1000L + i), Lake.Snapshots(end).Order());
        Assert.Equal(Writers, end["last-sequence-number"]!.GetValue<long>());
        Assert.Equal(Lake.Snapshots(end).SkipLast(1), end["snapshots"]!.AsArray().Skip(1).Select(s => s!["parent-snapshot-id"]!.GetValue<long>()));
        Assert.Equal(["main"], end["refs"]!.AsObject().Select(r => r.Key));
        Assert.Empty(end["statistics"]!.AsArray());
        Assert.Empty(end["partition-statistics"]!.AsArray());
        Assert.DoesNotContain(end["properties"]!.AsObject(), p => p.Key.StartsWith('k'));

        // Each version names the one before it as the last of its log: no commit was built on another than its predecessor.
        var log = end["metadata-log"]!.AsArray().Select(e => e!["metadata-file"]!.GetValue<string>()).ToList();
        Assert.InRange(log.Count, Writers * Steps(0).Count() - 3, Writers * Steps(0).Count());
        for (var i = 1; i < log.Count; i++)
        {
            var version = await FileAsync(log[i]);
            Assert.Equal(log[i - 1], version["metadata-log"]!.AsArray()[^1]!["metadata-file"]!.GetValue<string>());
            Assert.Equal(i, version["metadata-log"]!.AsArray().Count);
        }

        // Losers' files are gone; the killed process may have left those it was just writing.
        Assert.InRange((await _lake.KeysAsync("bronze/storm/metadata")).Count, log.Count + 1, log.Count + 1 + Writers);
    }

    /// <summary>Requirements with an update that makes them fail for everybody else.</summary>
    private static IEnumerable<(string Table, Func<JsonObject, JsonObject[]> Before, JsonObject Requirement, Func<JsonObject, int, JsonObject[]> Updates)> Exclusive()
    {
        yield return ("first_snapshot", _ => [], Lake.AssertMain(null), (m, i) => Lake.Append(m, 10 + i));
        yield return ("tag", m => Batch(Lake.Append(m, 1)), Reference("audit", null), (_, _) => [Tag("audit", 1)]);
        yield return ("untag", m => Batch([.. Lake.Append(m, 1), Tag("audit", 1)]), Reference("audit", 1), (_, _) => [RemoveReference("audit")]);
        yield return ("rollback", m => Batch([.. Lake.Append(m, 1), Snapshot(2, 2, 1), Lake.SetMain(2)]), Lake.AssertMain(2), (_, _) => [Lake.SetMain(1)]);
        yield return ("column", _ => [], Number("last-assigned-field-id", 3), (m, i) => [AddColumn(m, $"c{i}")]);
        yield return ("schema", m => [AddColumn(m, "c")], Number("current-schema-id", 0), (_, _) => [new() { ["action"] = "set-current-schema", ["schema-id"] = 1 }]);
        yield return ("spec", _ => [], Number("last-assigned-partition-id", 999), (_, i) => [AddSpec(i)]);
        yield return ("default_spec", _ => [AddSpec(0)], Number("default-spec-id", 0), (_, _) => [new() { ["action"] = "set-default-spec", ["spec-id"] = 1 }]);
        yield return ("order", _ => [], Number("default-sort-order-id", 0), (_, i) => [AddOrder(i), new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = -1 }]);
    }

    /// <summary>Updates without a requirement that all writers send alike: one makes the change, for the others it is made.</summary>
    private IEnumerable<(string Table, JsonObject[][] Before, JsonObject Update, Func<JsonObject, bool> Holds)> Converging()
    {
        var statistics = new JsonObject { ["snapshot-id"] = 1, ["statistics-path"] = "s3://b/s", ["file-size-in-bytes"] = 1, ["file-footer-size-in-bytes"] = 1, ["blob-metadata"] = new JsonArray() };
        var v3 = new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 3 };
        var key = new JsonObject { ["action"] = "add-encryption-key", ["encryption-key"] = new JsonObject { ["key-id"] = "k", ["encrypted-key-metadata"] = "AAAA" } };
        yield return ("version", [], v3, m => m["format-version"]!.GetValue<int>() == 3);
        yield return ("moved", [], new() { ["action"] = "set-location", ["location"] = $"{_lake.BaseLocation}/bronze/moved/elsewhere" }, m => m["location"]!.GetValue<string>().EndsWith("/elsewhere", StringComparison.Ordinal));
        yield return ("property", [], Property("k", "v"), m => m["properties"]!["k"]!.GetValue<string>() == "v");
        yield return ("no_property", [[Property("k", "v")]], new() { ["action"] = "remove-properties", ["removals"] = new JsonArray("k") }, m => !m["properties"]!.AsObject().ContainsKey("k"));
        yield return ("expired", [[Snapshot(1, 1, null), Lake.SetMain(1)], [Snapshot(2, 2, 1), Lake.SetMain(2)]], new() { ["action"] = "remove-snapshots", ["snapshot-ids"] = new JsonArray(1) }, m => Lake.Snapshots(m) is [2]);
        yield return ("no_statistics", [[Snapshot(1, 1, null), Lake.SetMain(1), new() { ["action"] = "set-statistics", ["statistics"] = statistics }]],
            new() { ["action"] = "remove-statistics", ["snapshot-id"] = 1 }, m => m["statistics"]!.AsArray().Count == 0);
        yield return ("no_partition_statistics", [[Snapshot(1, 1, null), Lake.SetMain(1), new() { ["action"] = "set-partition-statistics", ["partition-statistics"] = PartitionStatistics(1) }]],
            new() { ["action"] = "remove-partition-statistics", ["snapshot-id"] = 1 }, m => m["partition-statistics"]!.AsArray().Count == 0);
        yield return ("no_spec", [[AddSpec(0)]], new() { ["action"] = "remove-partition-specs", ["spec-ids"] = new JsonArray(1) }, m => m["partition-specs"]!.AsArray().Count == 1);
        yield return ("key", [[v3.DeepClone().AsObject()]], key, m => m["encryption-keys"]!.AsArray().Count == 1);
        yield return ("no_key", [[v3.DeepClone().AsObject(), key.DeepClone().AsObject()]], new() { ["action"] = "remove-encryption-key", ["key-id"] = "k" }, m => m["encryption-keys"]!.AsArray().Count == 0);
    }

    private static IEnumerable<(Func<JsonObject, JsonObject> Change, Func<JsonObject, bool> Done)> Steps(int i)
    {
        var (key, tag, snapshot) = ($"k{i}", $"t{i}", 1000L + i);
        yield return (m => Lake.Change([Lake.AssertUuid(m)], [Property(key, "v")]), m => m["properties"]!.AsObject().ContainsKey(key));
        yield return (
            m => Lake.Change(
                [Number("current-schema-id", m["current-schema-id"]!.GetValue<int>()), Number("last-assigned-field-id", m["last-column-id"]!.GetValue<int>())],
                [AddColumn(m, $"c{i}"), new() { ["action"] = "set-current-schema", ["schema-id"] = -1 }]),
            m => Current(m)["fields"]!.AsArray().Any(f => f!["name"]!.GetValue<string>() == $"c{i}"));
        yield return (m => Lake.Change([Lake.AssertMain(Lake.Current(m))], Lake.Append(m, snapshot)), m => Lake.Snapshots(m).Contains(snapshot));
        yield return (
            m => Lake.Change(
                [Number("last-assigned-partition-id", m["last-partition-id"]!.GetValue<int>()), Number("default-spec-id", m["default-spec-id"]!.GetValue<int>())],
                [AddSpec(i), new() { ["action"] = "set-default-spec", ["spec-id"] = -1 }]),
            m => m["partition-specs"]!.AsArray().Any(s => s!["fields"]!.AsArray().Any(f => f!["name"]!.GetValue<string>() == $"p{i}")));
        yield return (
            m => Lake.Change([Number("default-sort-order-id", m["default-sort-order-id"]!.GetValue<int>())], [AddOrder(i), new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = -1 }]),
            m => m["sort-orders"]!.AsArray().Any(o => o!["fields"]!.AsArray().Any(f => f!["transform"]!.GetValue<string>() == $"bucket[{i + 2}]")));
        yield return (
            _ => Lake.Change([Reference(tag, null)],
            [
                Tag(tag, snapshot),
                new() { ["action"] = "set-statistics", ["statistics"] = new JsonObject { ["snapshot-id"] = snapshot, ["statistics-path"] = "s3://b/s", ["file-size-in-bytes"] = 1, ["file-footer-size-in-bytes"] = 1, ["blob-metadata"] = new JsonArray() } },
                new() { ["action"] = "set-partition-statistics", ["partition-statistics"] = PartitionStatistics(snapshot) },
            ]),
            m => m["refs"]!.AsObject().ContainsKey(tag));
        yield return (
            _ => Lake.Change([Reference(tag, snapshot)],
            [
                RemoveReference(tag),
                new() { ["action"] = "remove-statistics", ["snapshot-id"] = snapshot },
                new() { ["action"] = "remove-partition-statistics", ["snapshot-id"] = snapshot },
                new() { ["action"] = "remove-properties", ["removals"] = new JsonArray(key) },
            ]),
            m => !m["refs"]!.AsObject().ContainsKey(tag) && !m["properties"]!.AsObject().ContainsKey(key));
    }

    private static JsonObject[] Batch(JsonObject[] updates) => updates;

    private static JsonObject Current(JsonObject metadata) =>
        (JsonObject)metadata["schemas"]!.AsArray().Single(s => s!["schema-id"]!.GetValue<int>() == metadata["current-schema-id"]!.GetValue<int>())!;

    private static JsonObject Property(string key, string value) => new() { ["action"] = "set-properties", ["updates"] = new JsonObject { [key] = value } };

    private static JsonObject Number(string what, int value) => new() { ["type"] = $"assert-{what}", [what] = value };

    private static JsonObject Reference(string name, long? snapshotId) => new() { ["type"] = "assert-ref-snapshot-id", ["ref"] = name, ["snapshot-id"] = snapshotId };

    private static JsonObject Tag(string name, long snapshotId) => new() { ["action"] = "set-snapshot-ref", ["ref-name"] = name, ["type"] = "tag", ["snapshot-id"] = snapshotId };

    private static JsonObject RemoveReference(string name) => new() { ["action"] = "remove-snapshot-ref", ["ref-name"] = name };

    private static JsonObject PartitionStatistics(long snapshotId) => new() { ["snapshot-id"] = snapshotId, ["statistics-path"] = "s3://b/p", ["file-size-in-bytes"] = 1 };

    private static JsonObject Snapshot(long id, long sequenceNumber, long? parent)
    {
        var snapshot = new JsonObject
        {
            ["snapshot-id"] = id,
            ["sequence-number"] = sequenceNumber,
            ["timestamp-ms"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            ["manifest-list"] = "s3://bucket/none.avro",
            ["summary"] = new JsonObject { ["operation"] = "append" },
            ["schema-id"] = 0,
        };
        if (parent is not null)
            snapshot["parent-snapshot-id"] = parent;
        return new() { ["action"] = "add-snapshot", ["snapshot"] = snapshot };
    }

    private static JsonObject AddColumn(JsonObject metadata, string name)
    {
        var schema = (JsonObject)Current(metadata).DeepClone();
        schema.Remove("schema-id");
        schema["fields"]!.AsArray().Add((JsonNode)Lake.Field(metadata["last-column-id"]!.GetValue<int>() + 1, name, "string"));
        return new() { ["action"] = "add-schema", ["schema"] = schema };
    }

    private static JsonObject AddSpec(int i) => new()
    {
        ["action"] = "add-spec",
        ["spec"] = new JsonObject { ["fields"] = new JsonArray(new JsonObject { ["source-id"] = 1, ["transform"] = $"bucket[{i + 2}]", ["name"] = $"p{i}" }) },
    };

    private static JsonObject AddOrder(int i) => new()
    {
        ["action"] = "add-sort-order",
        ["sort-order"] = new JsonObject
        {
            ["order-id"] = 1,
            ["fields"] = new JsonArray(new JsonObject { ["source-id"] = 1, ["transform"] = $"bucket[{i + 2}]", ["direction"] = "asc", ["null-order"] = "nulls-first" }),
        },
    };

    private static Task<Answer[]> AtOnceAsync(Func<int, Task<Answer>> call) => Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => call(i))));

    private PolarisApi Api(int i) => _apis[i % _apis.Count];

    private async Task<JsonObject> LoadAsync(PolarisApi api, string table)
    {
        var answer = await api.SendAsync("GET", _lake.Table(table), token: _lake.Writer);
        Assert.True(answer.Status == 200, answer.ToString());
        var metadata = (JsonObject)answer.Body!["metadata"]!;
        foreach (var field in (string[])["statistics", "partition-statistics"])
            metadata[field] ??= new JsonArray();
        return metadata;
    }

    private async Task<JsonObject> FileAsync(string location)
    {
        using var file = await fixture.Minio.Client.GetObjectAsync(fixture.Bucket, location[$"s3://{fixture.Bucket}/".Length..]);
        return (JsonObject)(await JsonNode.ParseAsync(file.ResponseStream))!;
    }
}
