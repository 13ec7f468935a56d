using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Floe.Bench.Cube;

/// <summary>How long after a table's file was replaced by one with a row more an answer has that row.</summary>
internal static class Freshness
{
    public static async Task RunAsync(CubeUnderLoad cube, string folder, int rounds)
    {
        var path = Path.Combine(folder, "orders.csv");
        var latencies = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var before = await CountAsync(cube);
            await File.WriteAllTextAsync($"{path}.next", $"{await File.ReadAllTextAsync(path)}{9_000_000 + i},1,completed,North,2026-11-20 10:00:00,10.00\n");
            File.Move($"{path}.next", path, overwrite: true);
            var started = Stopwatch.GetTimestamp();
            while (await CountAsync(cube) != before + 1)
            {
                if (Stopwatch.GetElapsedTime(started).TotalSeconds > 30) throw new InvalidOperationException("The new row is not seen within 30 s.");
            }
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        latencies.Sort();
        Console.WriteLine($"{"a replaced table is seen after",-52} p50 {latencies[latencies.Count / 2],8:F0} ms   max {latencies[^1],8:F0} ms");
    }

    private static async Task<long> CountAsync(CubeUnderLoad cube) =>
        long.Parse(JsonNode.Parse(await cube.TextAsync("load", """{"measures":["Orders.count"]}"""))!["data"]![0]!["Orders.count"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
