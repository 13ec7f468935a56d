using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Cube;

/// <summary>Cube's own JavaScript client understands every answer.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class OfficialClientTests(RecordedShop shop)
{
    [SkippableFact]
    public async Task Client_loads_pivots_and_charts()
    {
        NodeScript.Need("@cubejs-client/core");
        var answer = JsonNode.Parse(await NodeScript.RunAsync(
            "Cube/official-client.mjs", null, new Uri(shop.Cube.Client.BaseAddress!, "/cubejs-api/v1").ToString(), Tokens.Valid, NodeScript.Modules))!;

        var rows = answer["rows"]!.AsArray();
        Assert.Equal(12, rows.Count);
        Assert.Equal("2026-01-01T00:00:00.000", rows[0]!["Orders.order_date.month"]!.GetValue<string>());
        Assert.Equal(12, answer["pivot"]!.AsArray().Count);
        Assert.Equal(["Order Date", "Status", "Count", "Total Revenue"], answer["columns"]!.AsArray().Select(title => title!.GetValue<string>()));
        Assert.Equal(8, answer["series"]!.AsArray().Count);
        Assert.All(answer["series"]!.AsArray(), one => Assert.Equal(3, one!["points"]!.GetValue<int>()));
        Assert.Equal([226, 206], Values(answer["compared"]![0]));
        Assert.Equal([225, 206], Values(answer["compared"]![1]));
        Assert.Equal(2, answer["compared"]!.AsArray().Count);
        Assert.Equal([226, 206], Values(answer["blended"]![0]));
        Assert.Equal(3, answer["blended"]!.AsArray().Count);
        Assert.Equal([678, 618], Values(answer["blended"]![1]));
        // The statuses of a month are tied, so the two answers may have them in different orders.
        Assert.Equal(Sorted(answer["rows"]), Sorted(answer["compact"]));
        Assert.Equal(["Customers", "Orders", "Products", "OrderItems"], answer["cubes"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.StartsWith("SELECT ", answer["sql"]!.GetValue<string>());
        Assert.Equal("regularQuery", answer["dryRun"]!.GetValue<string>());
        Assert.Equal(400, answer["failure"]!["status"]!.GetValue<int>());
        Assert.Contains("'nope' not found for path 'Orders.nope'", answer["failure"]!["message"]!.GetValue<string>());
        Assert.Equal("2499", answer["long"]![0]!["Orders.count"]!.GetValue<string>());
    }

    private static IEnumerable<string> Sorted(JsonNode? rows) =>
        rows!.AsArray().Select(row => string.Join(" | ", row!.AsObject().OrderBy(cell => cell.Key, StringComparer.Ordinal).Select(cell => $"{cell.Key}={cell.Value}"))).Order(StringComparer.Ordinal);

    private static IEnumerable<int> Values(JsonNode? series) => series!["values"]!.AsArray().Select(value => (int)value!.GetValue<double>());
}
