using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>
/// Rows are added up per key before they are joined where that gives the same: many rows per key (30 lines per product), aggregates that add up, nothing of the rows
/// themselves asked for. That it gives the same is what <see cref="RandomQueryTests"/> shows, too.
/// </summary>
[Collection(RecordedShopCollection.Name)]
public sealed class KeyedRowsTests(RecordedShop shop)
{
    [Theory]
    [InlineData("""{"measures":["OrderItems.revenue"],"dimensions":["Products.category"]}""", true)]
    [InlineData("""{"measures":["OrderItems.count","OrderItems.quantity"],"dimensions":["Products.category"],"filters":[{"member":"OrderItems.quantity_dim","operator":"gt","values":["2"]},{"member":"Products.category","operator":"contains","values":["in"]},{"member":"OrderItems.count","operator":"gt","values":["900"]}],"order":[["Products.category","asc"]]}""", true)]
    [InlineData("""{"measures":["OrderItems.count"],"filters":[{"member":"Products.category","operator":"equals","values":["nothing of this kind"]}]}""", true)]
    [InlineData("""{"measures":["Products.revenue","Products.units_sold"],"dimensions":["Products.category"],"total":true,"limit":3,"order":[["Products.category","asc"]]}""", true)]
    // Of both sides, of the rows themselves, distinct keys, too few rows per key (5 orders of a customer), no join.
    [InlineData("""{"measures":["OrderItems.count"],"dimensions":["Products.category"],"filters":[{"or":[{"member":"OrderItems.quantity_dim","operator":"equals","values":["1"]},{"member":"Products.category","operator":"equals","values":["Camping"]}]}]}""", false)]
    [InlineData("""{"measures":["OrderItems.count"],"dimensions":["Products.category","OrderItems.quantity_dim"]}""", false)]
    [InlineData("""{"measures":["OrderItems.count"],"dimensions":["Products.category"],"ungrouped":true,"limit":2}""", false)]
    [InlineData("""{"measures":["OrderItems.count","Products.count"],"dimensions":["Products.category"]}""", false)]
    [InlineData("""{"measures":["Orders.total_revenue"],"dimensions":["Customers.segment"]}""", false)]
    [InlineData("""{"measures":["OrderItems.count"]}""", false)]
    public async Task Only_where_it_gives_the_same(string query, bool isKeyed)
    {
        var (_, sql) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", Tokens.Valid, $"{{\"query\":{query}}}");
        Assert.Equal(isKeyed, sql!["sql"]!["sql"]![0]!.GetValue<string>().Contains("part_0"));
        if (!isKeyed) return;
        // With a condition on the rows that always holds, and on both sides of the join at once, they are joined one by one.
        var plain = JsonNode.Parse(query)!;
        var filters = plain["filters"] as JsonArray ?? [];
        filters.Add(JsonNode.Parse("""{"or":[{"member":"OrderItems.quantity_dim","operator":"set"},{"member":"Products.category","operator":"set"}]}"""));
        plain["filters"] = filters.DeepClone();
        var (_, expected) = await shop.Cube.LoadAsync(plain.ToJsonString());
        var (_, actual) = await shop.Cube.LoadAsync(query);
        Assert.Empty(JsonComparison.Differences(new JsonArray(expected!["data"]!.DeepClone()), new JsonArray(actual!["data"]!.DeepClone())));
        Assert.Equal(expected["total"]?.ToJsonString(), actual["total"]?.ToJsonString());
    }
}
