using System.Net;
using System.Text.RegularExpressions;
using Floe.Tests.Cube;

namespace Floe.Tests.Page;

/// <summary>The page's files: from this service alone, kept by browsers, under a strict policy.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed partial class PageFilesTests(RecordedShop shop)
{
    [Fact]
    public async Task The_page_stands_at_the_root_under_a_strict_policy_and_everything_it_needs_is_here()
    {
        using var page = await shop.Cube.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(page.Headers.CacheControl!.NoCache);

        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", html);
        var parts = Part().Matches(html).Select(match => match.Value).Distinct().ToList();
        Assert.True(parts.Count >= 5, html);
        var folder = parts[0][..(parts[0].LastIndexOf('/') + 1)];
        // What modules import stands beside them.
        foreach (var name in (string[])["access.js", "charts.js", "dom.js", "explorer.js", "format.js", "freshness.js", "shop.js", "licenses.txt"]) parts.Add($"{folder}{name}");
        foreach (var part in parts.Distinct())
        {
            using var response = await shop.Cube.Client.GetAsync($"/{part}");
            Assert.Equal((part, HttpStatusCode.OK), (part, response.StatusCode));
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
        }
        using var licenses = await shop.Cube.Client.GetAsync($"/{folder}licenses.txt");
        Assert.Contains("Chart.js Contributors", await licenses.Content.ReadAsStringAsync());
        using var older = await shop.Cube.Client.GetAsync("/page/0123456789abcdef/app.js");
        Assert.Equal(HttpStatusCode.NotFound, older.StatusCode);
    }

    [Fact]
    public async Task What_the_browser_has_is_not_sent_again_and_what_is_sent_is_compressed()
    {
        var html = await shop.Cube.Client.GetStringAsync("/");
        foreach (var path in (string[])["", Part().Matches(html).Select(match => match.Value).Single(part => part.EndsWith("libraries.js", StringComparison.Ordinal))])
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, $"/{path}");
            ask.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
            using var first = await shop.Cube.Client.SendAsync(ask);
            Assert.Contains("gzip", first.Content.Headers.ContentEncoding);
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/{path}");
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await shop.Cube.Client.SendAsync(again);
            Assert.Equal((HttpStatusCode.NotModified, 0), (second.StatusCode, (await second.Content.ReadAsByteArrayAsync()).Length));
            using var head = await shop.Cube.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/{path}"));
            Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length));
        }
    }

    [GeneratedRegex("page/[^\"]+")]
    private static partial Regex Part();
}
