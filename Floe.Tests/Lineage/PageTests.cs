using System.Text.Json.Nodes;
using Floe.Tests.Marquez;
using static Floe.Tests.Marquez.OpenLineage;

namespace Floe.Tests.Lineage;

/// <summary>The lineage page in a real browser: the graph, details, a column's way, live, by mouse and by keys.</summary>
public sealed class PageTests(MarquezFixture fixture) : IClassFixture<MarquezFixture>
{
    [SkippableFact]
    public async Task The_page_draws_the_graph_follows_runs_and_works_without_a_mouse()
    {
        var marquez = await fixture.StartAsync();
        await marquez.EmitAsync(LineageTests.Shop());
        await using var page = await BrowserPage.OpenAsync(marquez.Url);

        var seen = await page.DoAsync("see");
        Assert.Equal(["bronze.orders", "enrich", "gold.revenue", "load", "mart", "silver.orders"], Texts(seen["nodes"]!));
        Assert.Equal(["bronze.orders > enrich", "enrich > silver.orders", "load > bronze.orders", "mart > gold.revenue", "silver.orders > mart"], Texts(seen["edges"]!));
        Assert.Equal(("COMPLETED", "FAILED"), ((string)seen["states"]!["load"]!, (string)seen["states"]!["mart"]!));
        Assert.Contains("failed: mart", (string)seen["state"]!);

        // By mouse: a job's failure and runs, a table's columns, the way of one of them.
        Assert.Contains("no space", (string)(await page.DoAsync("click", "mart"))["detail"]!);
        var detail = (string)(await page.DoAsync("click", "silver.orders"))["detail"]!;
        Assert.Contains("Last written by enrich, completed in 1.5 s", detail);
        Assert.Contains("decimal(14,2)", detail);
        seen = await page.DoAsync("button", "amount");
        Assert.Equal(["bronze.orders", "enrich", "gold.revenue", "load", "mart", "silver.orders"], Texts(seen["path"]!));
        Assert.Contains("bronze.orders.total", (string)seen["detail"]!);
        seen = await page.DoAsync("button", "order_id");
        Assert.Equal(["bronze.orders", "enrich", "load", "silver.orders"], Texts(seen["path"]!));

        // Live: a run that begins and ends shows without a reload.
        await marquez.EmitAsync(Run("START", "2026-11-21T01:00:00Z", Guid.NewGuid(), "enrich", [Dataset("bronze.orders")], [Dataset("silver.orders")]));
        await page.DoAsync("until", "floe.drawn.getElementById('job:floe:enrich').data('state') === 'RUNNING'");
        Assert.Contains("running: enrich", (string)(await page.DoAsync("until", "document.getElementById('state').textContent.includes('running: enrich')"))["state"]!);
        await marquez.EmitAsync(Run("COMPLETE", "2026-11-21T02:00:00Z", Guid.NewGuid(), "report", [Dataset("gold.revenue")], [Dataset("gold.report")]));
        seen = await page.DoAsync("until", "floe.drawn.nodes().length === 8");
        Assert.Contains("report > gold.report", Texts(seen["edges"]!));

        // By keys alone: search, along the flow, into the details, out again.
        await page.DoAsync("keys", new JsonArray("Escape"));
        await page.DoAsync("focus", "find");
        await page.DoAsync("type", "bronze.orders");
        Assert.Equal(["bronze.orders"], Texts((await page.DoAsync("keys", new JsonArray("Enter")))["chosen"]!));
        Assert.Equal(["silver.orders"], Texts((await page.DoAsync("keys", new JsonArray("ArrowRight", "ArrowRight")))["chosen"]!));
        Assert.Equal("order_id", (string)(await page.DoAsync("keys", new JsonArray("Enter")))["focus"]!);
        Assert.Contains("order_id comes from", (string)(await page.DoAsync("keys", new JsonArray("Enter")))["detail"]!, StringComparison.OrdinalIgnoreCase);
        seen = await page.DoAsync("keys", new JsonArray("Escape"));
        Assert.Equal("", (string)seen["detail"]!);
        Assert.Empty(seen["path"]!.AsArray());

        // Dark, and narrow.
        await page.DoAsync("dark");
        await page.DoAsync("size", new JsonArray(600, 800));
        await page.DoAsync("click", "mart");
    }

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(item => (string)item!)];
}
