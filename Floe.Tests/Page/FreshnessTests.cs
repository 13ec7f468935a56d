using System.Net;
using System.Text.Json.Nodes;
using Floe.Tests.Cube;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Page;

/// <summary><c>GET /api/freshness</c>: which snapshots are served, since when; with an ETag that waits for the next.</summary>
public sealed class FreshnessTests
{
    [Fact]
    public async Task It_says_what_is_served_and_waits_for_news()
    {
        using var shop = new SmallShop();
        var log = new LogLines();
        await using var cube = await RunningCube.StartAsync(SmallShop.Model, shop.Folder, change: builder => builder.Logging.AddProvider(log).AddFilter<LogLines>(_ => true));
        Assert.Equal(HttpStatusCode.Forbidden, (await cube.SendAsync(HttpMethod.Get, "/api/freshness", null)).Status);

        // Before there are data: nothing served, and why.
        using var empty = await AskAsync(cube, null);
        var none = JsonNode.Parse(await empty.Content.ReadAsStringAsync())!;
        while ((string?)none["problem"] == "The tables are being loaded.")
        {
            using var next = await AskAsync(cube, null);
            none = JsonNode.Parse(await next.Content.ReadAsStringAsync())!;
        }
        Assert.Null(none["set"]);
        Assert.Contains("but the data folder", (string)none["problem"]!);

        shop.Write(10);
        await cube.WhenReadyAsync();
        using var first = await AskAsync(cube, null);
        var served = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        Assert.Null(served["problem"]);
        Assert.Equal(["gold.mart_customer_segments", "gold.mart_product_analytics", "silver.int_order_items_enriched", "silver.int_orders_enriched"], served["tables"]!.AsArray().Select(table => (string)table!["table"]!));
        // The digest of a file, not its path.
        Assert.All(served["tables"]!.AsArray(), table => Assert.Matches("^[0-9a-f]{12}$", (string)table!["snapshot"]!));
        Assert.Equal(File.GetLastWriteTimeUtc(Path.Combine(shop.Folder, "int_orders_enriched.csv")), (DateTime)served["tables"]![3]!["committedAt"]!, TimeSpan.FromMilliseconds(2));
        Assert.True((DateTime)served["committedAt"]! <= (DateTime)served["visibleAt"]! && (DateTime)served["visibleAt"]! <= (DateTime)served["now"]!, served.ToJsonString());
        Assert.True(first.Headers.CacheControl!.NoStore);

        // Nothing new: 304, at once without the wish to wait.
        var etag = first.Headers.ETag!.ToString();
        using var same = await AskAsync(cube, etag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        var waiting = AskAsync(cube, etag, "wait=30");
        shop.Write(20);
        using var news = await waiting;
        Assert.Equal(HttpStatusCode.OK, news.StatusCode);
        Assert.NotEqual((string)served["set"]!, (string)JsonNode.Parse(await news.Content.ReadAsStringAsync())!["set"]!);

        // Who waits does not keep the service from stopping.
        var last = AskAsync(cube, news.Headers.ETag!.ToString(), "wait=30", "?last");
        // One that has not come yet would be turned away.
        await log.WaitForAsync("/api/freshness?last");
        await cube.StopAsync();
        using var ended = await last;
        Assert.True(ended.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.OK, ended.StatusCode.ToString());
    }

    private static Task<HttpResponseMessage> AskAsync(RunningCube cube, string? etag, string? prefer = null, string name = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/freshness{name}");
        request.Headers.TryAddWithoutValidation("Authorization", Tokens.Valid);
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return cube.Client.SendAsync(request);
    }
}
