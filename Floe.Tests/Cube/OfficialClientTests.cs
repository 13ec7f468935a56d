using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>Cube's own JavaScript client understands every answer.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class OfficialClientTests(RecordedShop shop)
{
    [SkippableFact]
    public async Task Client_loads_pivots_and_charts()
    {
        var modules = typeof(OfficialClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "NativePartsRoot").Value!;
        Skip.IfNot(Directory.Exists(Path.Combine(modules, "@cubejs-client", "core")), "The npm package @cubejs-client/core is not installed.");
        var answer = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Cube", "official-client.mjs"), new Uri(shop.Cube.Client.BaseAddress!, "/cubejs-api/v1").ToString(), Tokens.Valid, modules);

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

    private static async Task<JsonNode> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var node = Process.Start(start)!;
        try
        {
            using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var output = node.StandardOutput.ReadToEndAsync(giveUp.Token);
            var errors = node.StandardError.ReadToEndAsync(giveUp.Token);
            await node.WaitForExitAsync(giveUp.Token);
            Assert.True(node.ExitCode == 0, await errors);
            return JsonNode.Parse(await output)!;
        }
        finally
        {
            if (!node.HasExited) node.Kill(true);
        }
    }
}
