using System.Text.Json.Nodes;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
[Trait("Category", "Conformance")]
public sealed class TransactionTests(PolarisFixture fixture)
{
    [Fact]
    public async Task All_tables_change_or_none()
    {
        var lake = await fixture.NewLakeAsync();
        var orders = await lake.CreateTableAsync("orders");
        var items = await lake.CreateTableAsync("items");
        Assert.Equal(204, (await SendAsync(lake, ChangeOf("orders", orders, 1), ChangeOf("items", items, 1))).Status);
        Assert.Equal(1, Lake.Current(await lake.MetadataAsync("orders")));
        Assert.Equal(1, Lake.Current(await lake.MetadataAsync("items")));

        // The second change is stale, so the first must not be made.
        var failed = await SendAsync(lake, ChangeOf("orders", await lake.MetadataAsync("orders"), 2), ChangeOf("items", items, 2));
        Assert.Equal((409, "CommitFailedException"), (failed.Status, failed.ErrorType));
        var missing = await SendAsync(lake, ChangeOf("orders", await lake.MetadataAsync("orders"), 2), ChangeOf("nothing", items, 2));
        Assert.Equal((404, "NoSuchTableException"), (missing.Status, missing.ErrorType));
        Assert.Equal((long[])[1], Lake.Snapshots(await lake.MetadataAsync("orders")));
        Assert.Equal(2, (await lake.KeysAsync("bronze/orders/metadata")).Count);
    }

    [Fact]
    public async Task A_table_may_be_created_and_one_changed_twice()
    {
        var lake = await fixture.NewLakeAsync();
        var orders = await lake.CreateTableAsync("orders");
        var staged = Lake.CreateBody("items");
        staged["stage-create"] = true;
        var metadata = (JsonObject)(await lake.Api.SendAsync("POST", lake.Namespace("bronze") + "/tables", staged, lake.Writer)).Body!["metadata"]!;
        var create = Identified("items", Lake.Change([new() { ["type"] = "assert-create" }], TableTests.Initialisation(metadata)));
        var first = ChangeOf("orders", orders, 1);
        var second = Identified("orders", Lake.Change([Lake.AssertMain(1)], [new() { ["action"] = "set-properties", ["updates"] = new JsonObject { ["second"] = "yes" } }]));

        var answer = await SendAsync(lake, first, create, second);

        Assert.True(answer.Status == 204, answer.ToString());
        Assert.Equal(9, Lake.Current(await lake.MetadataAsync("items")));
        var changed = await lake.MetadataAsync("orders");
        Assert.Equal((1, "yes"), (Lake.Current(changed), changed["properties"]!["second"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_change_without_identifier_and_an_empty_transaction_are_400()
    {
        var lake = await fixture.NewLakeAsync();
        var orders = await lake.CreateTableAsync("orders");
        Assert.Equal(400, (await SendAsync(lake, Lake.Change(Lake.Append(orders, 1)))).Status);
        Assert.Equal(400, (await SendAsync(lake)).Status);
    }

    internal static JsonObject ChangeOf(string table, JsonObject metadata, long id) =>
        Identified(table, Lake.Change([Lake.AssertUuid(metadata), Lake.AssertMain(Lake.Current(metadata))], Lake.Append(metadata, id)));

    private static JsonObject Identified(string table, JsonObject change)
    {
        change["identifier"] = new JsonObject { ["namespace"] = new JsonArray("bronze"), ["name"] = table };
        return change;
    }

    private static Task<Answer> SendAsync(Lake lake, params JsonObject[] changes) =>
        lake.Api.SendAsync("POST", $"{lake.Content}/transactions/commit", new JsonObject { ["table-changes"] = new JsonArray([.. changes]) }, lake.Writer);
}
