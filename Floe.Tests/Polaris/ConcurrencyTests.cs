using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class ConcurrencyTests(PolarisFixture fixture)
{
    private const int Writers = 16;

    [Fact]
    public async Task Sixteen_writers_on_two_servers_each_land_exactly_once()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        await Task.WhenAll(Enumerable.Range(1, Writers).Select(id => CommitUntilDoneAsync(lake, id)));

        var metadata = await lake.MetadataAsync("orders");
        Assert.Equal(Enumerable.Range(1, Writers).Select(i => (long)i), Lake.Snapshots(metadata).Order());
        Assert.Equal(Writers, metadata["last-sequence-number"]!.GetValue<long>());
        // Each snapshot stands on the one before: none was overwritten.
        var parents = metadata["snapshots"]!.AsArray().Skip(1).Select(s => s!["parent-snapshot-id"]!.GetValue<long>());
        Assert.Equal(Lake.Snapshots(metadata).SkipLast(1), parents);
        // One file per version: the losers' files are gone.
        Assert.Equal(Writers + 1, (await lake.KeysAsync("bronze/orders/metadata")).Count);
    }

    [Fact]
    public async Task Changes_that_do_not_conflict_are_retried_by_the_server()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => lake.CommitAsync(
            "orders",
            Lake.Change(new JsonObject { ["action"] = "set-properties", ["updates"] = new JsonObject { [$"k{i}"] = "v" } }),
            api: i % 2 == 0 ? fixture.First : fixture.Second)));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var properties = (await lake.MetadataAsync("orders"))["properties"]!.AsObject();
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(properties.ContainsKey($"k{i}")));
        Assert.Equal(5, (await lake.KeysAsync("bronze/orders/metadata")).Count);
    }

    [Fact]
    public async Task One_of_many_creates_wins_and_the_others_leave_no_file()
    {
        var lake = await fixture.NewLakeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            (i % 2 == 0 ? fixture.First : fixture.Second).SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody("orders"), lake.Writer)));
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(7, answers.Count(answer => (answer.Status, answer.ErrorType) == (409, "AlreadyExistsException")));
        Assert.Single(await lake.KeysAsync("bronze/orders"));
    }

    [Fact]
    public async Task A_namespace_is_dropped_or_gets_the_table_but_not_both()
    {
        var lake = await fixture.NewLakeAsync();
        for (var round = 0; round < 4; round++)
        {
            var ns = $"n{round}";
            await lake.Api.SendAsync("POST", $"{lake.Content}/namespaces", new JsonObject { ["namespace"] = new JsonArray(ns) }, lake.Writer);
            var create = fixture.First.SendAsync("POST", lake.Namespace(ns) + "/tables", Lake.CreateBody("t"), lake.Writer);
            var drop = fixture.Second.SendAsync("DELETE", lake.Namespace(ns), token: lake.Writer);
            var outcome = ((await create).Status, (await drop).Status);
            Assert.Contains(outcome, new[] { (200, 409), (404, 204) });
        }
    }

    [Fact]
    public async Task Transactions_over_two_tables_keep_them_in_step()
    {
        var lake = await fixture.NewLakeAsync();
        await lake.CreateTableAsync("orders");
        await lake.CreateTableAsync("items");
        await Task.WhenAll(Enumerable.Range(1, 8).Select(async id =>
        {
            var api = id % 2 == 0 ? fixture.First : fixture.Second;
            // The order of the tables differs between writers: no deadlock either.
            string[] tables = id % 3 == 0 ? ["items", "orders"] : ["orders", "items"];
            while (true)
            {
                var changes = new JsonArray();
                foreach (var table in tables)
                    changes.Add((JsonNode)TransactionTests.ChangeOf(table, await lake.MetadataAsync(table), id));
                var answer = await api.SendAsync("POST", $"{lake.Content}/transactions/commit", new JsonObject { ["table-changes"] = changes }, lake.Writer);
                if (answer.Status == 204)
                    return;
                Assert.Equal((409, "CommitFailedException"), (answer.Status, answer.ErrorType));
            }
        }));
        var orders = Lake.Snapshots(await lake.MetadataAsync("orders"));
        Assert.Equal(8, orders.Distinct().Count());
        Assert.Equal(orders, Lake.Snapshots(await lake.MetadataAsync("items")));
        Assert.Equal(9, (await lake.KeysAsync("bronze/orders/metadata")).Count);
        Assert.Equal(9, (await lake.KeysAsync("bronze/items/metadata")).Count);
    }

    private async Task CommitUntilDoneAsync(Lake lake, int id)
    {
        var api = id % 2 == 0 ? fixture.First : fixture.Second;
        while (true)
        {
            var metadata = await lake.MetadataAsync("orders");
            var answer = await lake.CommitAsync("orders", Lake.Change([Lake.AssertUuid(metadata), Lake.AssertMain(Lake.Current(metadata))], Lake.Append(metadata, id)), api: api);
            if (answer.Status == 200)
                return;
            Assert.Equal((409, "CommitFailedException"), (answer.Status, answer.ErrorType));
        }
    }
}
