using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Bench.Cube;

/// <summary>The same queries asked of several services in turn, so that the machine's moods meet all of them: bench/cube-real.sh.</summary>
internal static class Comparison
{
    private const int Rounds = 5;

    // Answers are kept by the proxy when Cube asked its database this long after the proxy's start, and Cube asks again every ten seconds.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(25);

    /// <param name="services">NAME=URL each.</param>
    public static async Task RunAsync(IReadOnlyList<string> recorded, IReadOnlyList<string> services, string secret, int seconds)
    {
        var asked = services.Select(service => service.Split('=', 2)).Select(parts => (Name: parts[0], Cube: new CubeUnderLoad(parts[1], secret))).ToList();
        // Those that all of them answer, and whose limit can be varied: another limit is another query for every cache, and the same work.
        var queries = new List<string>();
        foreach (var query in recorded.Where(query => JsonNode.Parse(query)!["limit"] is null))
        {
            var isAnswered = true;
            foreach (var (_, cube) in asked) isAnswered &= await cube.AskAsync(query, isCached: true) == HttpStatusCode.OK;
            if (isAnswered) queries.Add(query);
        }
        Console.WriteLine($"{queries.Count} of {recorded.Count} recorded queries, answered by all; medians of {Rounds} rounds in turn, {CubeUnderLoad.Connections} connections for throughput");

        var limit = 10_000;
        string Distinct(string query)
        {
            var node = JsonNode.Parse(query)!;
            node["limit"] = 10_000 + (Interlocked.Increment(ref limit) % 40_000);
            return node.ToJsonString();
        }
        for (var started = DateTime.UtcNow; DateTime.UtcNow - started < _warmUp;)
        {
            foreach (var (_, cube) in asked)
            {
                await cube.LatenciesAsync(queries, isCached: true);
                await cube.LatenciesAsync([.. queries.Select(Distinct)], isCached: true);
            }
        }

        var figures = asked.ToDictionary(service => service.Name, _ => new List<Figures>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, cube) in asked)
            {
                var cached = await cube.LatenciesAsync([.. queries, .. queries], isCached: true);
                var distinct = await cube.LatenciesAsync([.. queries.Concat(queries).Select(Distinct)], isCached: true);
                var cachedRate = await cube.ThroughputAsync(n => queries[n % queries.Count], isCached: true, seconds);
                var distinctRate = await cube.ThroughputAsync(n => Distinct(queries[n % queries.Count]), isCached: true, seconds);
                figures[name].Add(new Figures(At(cached, 0.5), At(cached, 0.95), At(distinct, 0.5), At(distinct, 0.95), cachedRate, distinctRate));
            }
        }

        Console.WriteLine($"{"",-34} {"repeated p50",13} {"p95 ms",8} {"1/s",7}   {"new p50",9} {"p95 ms",8} {"1/s",7}");
        foreach (var (name, rounds) in figures)
        {
            double Median(Func<Figures, double> of) => At([.. rounds.Select(of)], 0.5);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-34} {Median(f => f.CachedMedian),13:F2} {Median(f => f.CachedSlow),8:F2} {Median(f => f.CachedRate),7:F0}   {Median(f => f.NewMedian),9:F2} {Median(f => f.NewSlow),8:F2} {Median(f => f.NewRate),7:F0}"));
        }
    }

    private static double At(List<double> values, double share)
    {
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }

    private sealed record Figures(double CachedMedian, double CachedSlow, double NewMedian, double NewSlow, double CachedRate, double NewRate);
}
