using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Tests.Cube;
using Floe.Tests.Lineage;
using Floe.Tests.Postgres;

namespace Floe.Tests.Page;

/// <summary>The page in a real browser: right numbers, new batches by themselves, the explorer, tokens, every state in words, by keys and by ear.</summary>
public sealed class BrowserTests(BrowserTests.Chromium browser) : IClassFixture<BrowserTests.Chromium>
{
    private static readonly Dictionary<string, string?> s_local = new() { ["CubePage:Token"] = "local" };

    private const string Settled = "Number(document.body.dataset.settled ?? 0) > 0 && document.getElementById('notice').hidden";

    [SkippableFact]
    public async Task The_shop_shows_its_numbers_and_follows_new_batches()
    {
        using var shop = new SmallShop();
        shop.Write(100);
        // Where no outgoing connection can take its place while it is away.
        await using var cube = await RunningCube.StartAsync(SmallShop.Model, shop.Folder, settings: s_local, port: PostgresLauncher.FreePort());
        await cube.WhenReadyAsync();
        var page = browser.Page;

        var opened = DateTime.UtcNow;
        await page.DoAsync("open", cube.Client.BaseAddress!.ToString());
        var seen = await page.DoAsync("until", Settled);
        Assert.Equal("shop", (string)seen["view"]!);
        Assert.Equal([$"Orders {SmallShop.Valid(100)}", $"Revenue {Dollars(SmallShop.Revenue(100))}", $"Average order {(SmallShop.Revenue(100) / SmallShop.Valid(100)).ToString("$0.00", CultureInfo.InvariantCulture)}", "Delivered 25%"], Figures(seen));
        Assert.Matches(@"^As of (\d+(\.\d)? s|\d+ min) ago · snapshot [0-9a-f]{12}$", (string)seen["asOf"]!);

        // The same numbers in the charts' tables, which are there for those who do not see a canvas.
        var tables = (await page.DoAsync("evaluate", "[...document.querySelectorAll('#shop table')].map((table) => table.querySelector('caption').textContent + ': ' + [...table.rows].slice(1).map((row) => [...row.cells].map((cell) => cell.textContent).join(' ')).join(', '))"))["value"]!.AsArray().Select(text => (string)text!).ToList();
        Assert.Equal(4, tables.Count);
        Assert.Contains($"NA {Dollars(SmallShop.Revenue(100, "NA"))}", tables[1]);
        Assert.StartsWith("Revenue by product: Product ", tables[2]);
        Assert.Equal("Customers by segment: loyal 15 · 75%, never ordered 5 · 25%", tables[3]);
        Assert.Equal(12, tables[0].Split(", ").Length);

        // By keys: through a chart's values, read out; its table; the period.
        await page.DoAsync("focus", "#shop .canvas");
        seen = await page.DoAsync("keys", new JsonArray("End"));
        Assert.Contains("Chart: Count by month. 12 values, the highest", (string)seen["focus"]!);
        var heard = (string)(await page.DoAsync("evaluate", "document.querySelector('#shop .plot [role=status]').textContent"))["value"]!;
        // The last month may have ended since the page asked.
        Assert.Contains(heard.Split(':')[0], new[] { opened, DateTime.UtcNow }.Select(time => time.ToString("MMM yyyy", CultureInfo.InvariantCulture)));
        await page.DoAsync("click", new JsonArray("button", "Table of revenue by region"));
        Assert.Contains("NA\t$", (string)(await page.DoAsync("see"))["text"]!);
        await page.DoAsync("focus", "#shop .choice input");
        await page.DoAsync("keys", new JsonArray("Space"));
        seen = await page.DoAsync("until", $"document.querySelector('#figures dd').innerText === '{SmallShop.Valid(30)}'");

        // A batch arrives: nobody reloads.
        Assert.Equal("", (string)seen["says"]!);
        await page.DoAsync("check", "12 months");
        await page.DoAsync("until", $"document.querySelector('#figures dd').innerText === '{SmallShop.Valid(100)}'");
        shop.WriteOrders(140);
        seen = await page.DoAsync("until", "document.getElementById('says').textContent.includes('more than before')");
        Assert.Equal($"New data: {SmallShop.Valid(140)} orders, {SmallShop.Valid(140) - SmallShop.Valid(100)} more than before.", (string)seen["says"]!);
        Assert.StartsWith($"Orders {SmallShop.Valid(140)}+{SmallShop.Valid(140) - SmallShop.Valid(100)}", Figures(seen)[0]);

        Assert.Empty(await FaultsAsync(page));
        await page.DoAsync("select", new JsonArray("Colours", "dark"));
        Assert.Equal("rgb(14, 20, 24)", (string)(await page.DoAsync("evaluate", "getComputedStyle(document.body).backgroundColor"))["value"]!);
        Assert.Empty(await FaultsAsync(page));
        // Narrow: nothing stands out sideways.
        await page.DoAsync("size", new JsonArray(360, 780));
        await page.DoAsync("until", "document.documentElement.scrollWidth <= innerWidth");
        await page.DoAsync("shot", "shop-narrow");

        // The service goes, and comes back.
        await cube.StopAsync();
        seen = await page.DoAsync("until", "document.getElementById('notice').innerText.includes('does not answer')");
        Assert.Matches(@"^CubeProxy does not answer; trying again\. The numbers are those of \d", (string)seen["notice"]!);
        Assert.StartsWith("Not connected; as of ", (string)seen["asOf"]!);
        await using var back = await RunningCube.StartAsync(SmallShop.Model, shop.Folder, settings: s_local, port: cube.Client.BaseAddress!.Port);
        seen = await page.DoAsync("until", "document.getElementById('notice').hidden && !document.getElementById('as-of').textContent.startsWith('Not')");
        Assert.StartsWith("As of ", (string)seen["asOf"]!);
    }

    [SkippableFact]
    public async Task The_explorer_composes_queries_and_shows_rows_chart_sql_and_time()
    {
        using var shop = new SmallShop();
        shop.Write(100);
        await using var cube = await RunningCube.StartAsync(SmallShop.Model, shop.Folder, settings: s_local);
        await cube.WhenReadyAsync();
        var page = browser.Page;

        await page.DoAsync("open", $"{cube.Client.BaseAddress}#explore");
        var seen = await page.DoAsync("until", "document.getElementById('answer')?.hidden === false");
        Assert.Equal("explore", (string)seen["view"]!);
        Assert.Contains("5 rows in ", (string)seen["text"]!);
        Assert.Contains("delivered\t20\t", (string)seen["text"]!);

        // Another measure, by month, some regions, in order.
        await page.DoAsync("type", new JsonArray("Find a member", "units"));
        await page.DoAsync("check", "Units");
        await page.DoAsync("type", new JsonArray("Find a member", ""));
        await page.DoAsync("check", "Total Revenue");
        await page.DoAsync("select", new JsonArray("Time", "Orders.order_date"));
        await page.DoAsync("select", new JsonArray("Grouped", "year"));
        await page.DoAsync("click", new JsonArray("button", "Add a filter"));
        await page.DoAsync("select", new JsonArray("Member", "Orders.region"));
        await page.DoAsync("type", new JsonArray("Value", "NA; EMEA"));
        await page.DoAsync("select", new JsonArray("Order", "Orders.units"));
        await page.DoAsync("type", new JsonArray("Rows at most", "3"));
        await page.DoAsync("keys", new JsonArray("Control+Enter"));
        seen = await page.DoAsync("until", "document.getElementById('query-text').textContent.includes('EMEA') && document.getElementById('facts').innerText.includes('3 rows')");
        var query = JsonNode.Parse((string)(await page.DoAsync("evaluate", "document.getElementById('query-text').textContent"))["value"]!)!;
        var expected = JsonNode.Parse("""
            {"measures":["Orders.count","Orders.units"],"dimensions":["Orders.status"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}],
             "filters":[{"member":"Orders.region","operator":"equals","values":["NA","EMEA"]}],"order":[["Orders.units","desc"]],"limit":3}
            """);
        Assert.True(JsonNode.DeepEquals(expected, query), query.ToJsonString());
        var rows = await cube.RowsAsync(query.ToJsonString());
        Assert.Contains($"\t{(string)rows[0]!["Orders.count"]!}\t{(string)rows[0]!["Orders.units"]!}\n", (string)seen["text"]!);
        var sql = (string)(await page.DoAsync("evaluate", "document.getElementById('sql-text').textContent"))["value"]!;
        Assert.StartsWith("SELECT ", sql);
        Assert.DoesNotContain("EMEA", sql);
        Assert.False((bool)(await page.DoAsync("evaluate", "document.getElementById('chart').hidden"))["value"]!);
        Assert.Empty(await FaultsAsync(page));
        await page.DoAsync("shot", "explore");

        // What is wrong with a query is said where it is composed; then it works again.
        await page.DoAsync("select", new JsonArray("Member", "Orders.count"));
        await page.DoAsync("select", new JsonArray("Condition", "gt"));
        await page.DoAsync("type", new JsonArray("Value", "many"));
        await page.DoAsync("click", new JsonArray("button", "Run"));
        await page.DoAsync("until", "!document.getElementById('wrong').hidden && document.getElementById('wrong').textContent.includes('many')");
        await page.DoAsync("type", new JsonArray("Value", "1000"));
        await page.DoAsync("click", new JsonArray("button", "Run"));
        await page.DoAsync("until", "document.getElementById('wrong').hidden && document.getElementById('rows').innerText.includes('No rows')");

        // From a panel of the shop.
        await page.DoAsync("click", new JsonArray("link", "Shop"));
        await page.DoAsync("click", new JsonArray("button", "Explore top products"));
        seen = await page.DoAsync("until", "document.getElementById('rows')?.innerText.includes('Product ') && location.hash === '#explore'");
        Assert.Contains("10 rows in ", (string)seen["text"]!);
    }

    [SkippableFact]
    public async Task A_token_is_asked_for_refused_and_decides_what_is_seen()
    {
        using var model = new TemporaryModel("cubes: []", (name, text) => name == "orders.yml" ? text.Replace("    dimensions:\n", """
                access_policy:
                  - role: seller
                    row_level: {filters: [{member: region, operator: equals, values: ["{ securityContext.region }"]}]}
                dimensions:

            """.ReplaceLineEndings("\n")) : text);
        await using var cube = await model.StartAsync();
        var page = browser.Page;

        await page.DoAsync("open", cube.Client.BaseAddress!.ToString());
        var seen = await page.DoAsync("until", "!document.getElementById('notice').hidden");
        Assert.StartsWith("This page needs a token of Cube’s API: paste one.", (string)seen["notice"]!);
        Assert.Empty(await FaultsAsync(page));
        await PasteAsync(page, "not.a.token");
        seen = await page.DoAsync("until", "document.getElementById('notice').innerText.includes('refused')");
        Assert.StartsWith("The token was refused (Invalid token); paste another.", (string)seen["notice"]!);
        Assert.Empty(await FaultsAsync(page));

        await PasteAsync(page, Tokens.Sign("""{"exp":1900000000,"role":"seller","region":"North"}"""));
        seen = await page.DoAsync("until", "document.getElementById('notice').hidden && document.querySelector('#figures dd') !== null");
        var all = await cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Sign("""{"exp":1900000000,"role":"seller","region":"North"}"""), """{"query":{"measures":["Orders.count"]}}""");
        await page.DoAsync("check", "All");
        await page.DoAsync("until", $"document.querySelector('#figures dd').innerText.replace(',', '') === '{(string)all.Body!["data"]![0]!["Orders.count"]!}'");
        Assert.DoesNotContain("South", (string)seen["text"]!);
        // In memory alone: gone with a reload.
        Assert.Equal(0, (int)(await page.DoAsync("evaluate", "sessionStorage.length + Object.keys(localStorage).filter((key) => localStorage[key].includes('.')).length"))["value"]!);
        Assert.DoesNotContain("eyJ", (string)(await page.DoAsync("see"))["address"]!);

        // Who may see nothing of the orders has no shop, but what is left can be explored.
        await PasteAsync(page, Tokens.Sign("""{"exp":1900000000}"""), open: "Token");
        seen = await page.DoAsync("until", "!document.getElementById('explore').hidden && document.getElementById('answer')?.hidden === false");
        Assert.Equal("explore", (string)seen["view"]!);
        Assert.DoesNotContain("Orders", (string)(await page.DoAsync("evaluate", "document.getElementById('members').innerText"))["value"]!);
    }

    [SkippableFact]
    public async Task Without_data_it_says_so_and_any_model_can_be_explored()
    {
        var folder = Directory.CreateTempSubdirectory("floe-page-").FullName;
        try
        {
            var (model, data) = (Directory.CreateDirectory(Path.Combine(folder, "model")).FullName, Directory.CreateDirectory(Path.Combine(folder, "data")).FullName);
            await File.WriteAllTextAsync(Path.Combine(model, "trees.yml"), """
                cubes:
                  - name: trees
                    sql_table: trees
                    dimensions: [{name: kind, sql: kind, type: string}]
                    measures: [{name: count, type: count}]
                """);
            await using var cube = await RunningCube.StartAsync(model, data, settings: s_local);
            var page = browser.Page;
            await page.DoAsync("open", cube.Client.BaseAddress!.ToString());
            var seen = await page.DoAsync("until", "document.getElementById('notice').innerText.startsWith('No data yet: The model reads table')");
            Assert.EndsWith("This page fills itself when they are there.", ((string)seen["notice"]!).Trim());
            // Whole or not at all.
            await File.WriteAllTextAsync(Path.Combine(data, "trees.new"), "kind\noak\noak\n<img src=x onerror=alert(1)>\n");
            File.Move(Path.Combine(data, "trees.new"), Path.Combine(data, "trees.csv"));
            seen = await page.DoAsync("until", "document.getElementById('answer')?.hidden === false && document.getElementById('rows').innerText.includes('oak')");
            Assert.Equal("explore", (string)seen["view"]!);
            Assert.Equal("", (string)seen["notice"]!);
            // What stands in the data stays text.
            Assert.Contains("<img src=x onerror=alert(1)>\t1", (string)seen["text"]!);
            Assert.Equal(0, (int)(await page.DoAsync("evaluate", "document.querySelectorAll('main img').length"))["value"]!);
            Assert.True((bool)(await page.DoAsync("evaluate", "document.getElementById('to-shop').hidden"))["value"]!);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task PasteAsync(BrowserPage page, string token, string open = "Paste a token")
    {
        await page.DoAsync("click", new JsonArray("button", open));
        await page.DoAsync("type", new JsonArray("A token of Cube’s API (JWT)", token));
        await page.DoAsync("keys", new JsonArray("Enter"));
    }

    private static async Task<string[]> FaultsAsync(BrowserPage page) => [.. (await page.DoAsync("axe"))["value"]!.AsArray().Select(fault => (string)fault!)];

    private static string[] Figures(JsonNode seen) => [.. seen["figures"]!.AsArray().Select(figure => (string)figure!)];

    private static string Dollars(decimal amount) => Math.Round(amount, MidpointRounding.AwayFromZero).ToString("$#,0", CultureInfo.InvariantCulture);

    /// <summary>One browser for all tests; each opens the page as a new visitor.</summary>
    public sealed class Chromium : IAsyncLifetime
    {
        private BrowserPage? _page;

        internal BrowserPage Page => _page ??= BrowserPage.Start("Page/page.mjs", "about:blank");

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_page is not null) await _page.DisposeAsync();
        }
    }
}
