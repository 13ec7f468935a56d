namespace Floe.Bench.Cube;

/// <summary>Queries of a file, each uncached and one after the other; p50 and p95 by label.</summary>
internal static class LabelledQueries
{
    /// <param name="path">A label, a tab and the query a line. Queries whose label says "rollup" must read one, the others none.</param>
    public static async Task RunAsync(CubeUnderLoad cube, string path, int rounds)
    {
        var asked = (await File.ReadAllLinesAsync(path)).Select(line => line.Split('\t')).Where(parts => parts.Length == 2).Select(parts => (Label: parts[0], Query: parts[1])).ToList();
        foreach (var (label, query) in asked)
        {
            var sql = await cube.TextAsync("sql", query);
            if (sql.Contains("floe_rollups") != label.Contains("by a rollup")) throw new InvalidOperationException($"'{label}' does not hold for {query}: {sql}");
            await cube.LatenciesAsync([query], isCached: false);
        }
        foreach (var group in asked.GroupBy(one => one.Label))
        {
            var latencies = new List<double>();
            foreach (var (_, query) in group)
            {
                var own = await cube.LatenciesAsync([.. Enumerable.Repeat(query, rounds)], isCached: false);
                own.Sort();
                latencies.AddRange(own);
                Console.WriteLine($"  p50 {own[own.Count / 2],8:F1} ms   max {own[^1],8:F1} ms   {query}");
            }
            latencies.Sort();
            Console.WriteLine($"{group.Key,-40} p50 {latencies[latencies.Count / 2],8:F1} ms   p95 {latencies[(int)(0.95 * (latencies.Count - 1))],8:F1} ms   max {latencies[^1],8:F1} ms");
        }
    }
}
