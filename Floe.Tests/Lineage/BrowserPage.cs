using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Lineage;

/// <summary>A page in Chromium, driven by npm's playwright-core: a script that reads commands and says what is to be seen (<c>page.mjs</c>).</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly Process _process;

    private BrowserPage(Process process) => _process = process;

    /// <summary>Opens the lineage page.</summary>
    public static async Task<BrowserPage> OpenAsync(string url)
    {
        var page = Start("Lineage/page.mjs", url);
        await page.DoAsync("open");
        return page;
    }

    /// <summary>Starts a script with a browser; skips the test, loudly, where browser or driver are missing. Screenshots go to the folder that FLOE_SCREENSHOTS names.</summary>
    /// <param name="script">Its path below Floe.Tests.</param>
    /// <param name="url">Where it begins.</param>
    public static BrowserPage Start(string script, string url)
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed (Debian: apt-get install chromium): the page is not tested in a browser.");
        NodeScript.Need("playwright-core");
        var start = new ProcessStartInfo("node", [NodeScript.PathOf(script), Chromium, url]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Environment.GetEnvironmentVariable("FLOE_SCREENSHOTS") is { Length: > 0 } folder)
            start.ArgumentList.Add(folder);
        return new BrowserPage(Process.Start(start)!);
    }

    /// <summary>Does something and says what is to be seen then; what the browser complains of fails the test.</summary>
    public async Task<JsonNode> DoAsync(string command, JsonNode? argument = null)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new JsonArray(command, argument)));
        await _process.StandardInput.FlushAsync();
        // More than the script has: for the browser's start, and a page that opens and settles.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The browser's driver ended; what it said is on the console.");
        var seen = JsonNode.Parse(line)!;
        Assert.True(seen["error"] is null, (string?)seen["error"]);
        Assert.Empty(seen["problems"]!.AsArray());
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
