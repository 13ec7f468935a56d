using System.Globalization;
using System.Net;

namespace Floe.Bench.Cube;

/// <summary>What telemetry adds to a query: the same queries of two services in turn, one of which sends its telemetry to this process.</summary>
internal static class TelemetryCost
{
    public static async Task RunAsync(IReadOnlyList<string> queries, CubeUnderLoad off, CubeUnderLoad on, int rounds, int port)
    {
        using var receiver = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        receiver.Start();
        var received = 0L;
        _ = Task.Run(async () =>
        {
            var buffer = new byte[64 * 1024];
            while (receiver.IsListening)
            {
                var request = await receiver.GetContextAsync();
                for (int read; (read = await request.Request.InputStream.ReadAsync(buffer)) > 0;) received += read;
                request.Response.ContentType = "application/x-protobuf";
                request.Response.Close();
            }
        });
        foreach (var isCached in new[] { false, true })
        {
            for (var round = 0; round < 5; round++)
            {
                await off.LatenciesAsync(queries, isCached);
                await on.LatenciesAsync(queries, isCached);
            }

            var (without, with, added) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var query in queries)
                {
                    // In turn, so that what else the machine does meets both alike.
                    var isOffFirst = (round & 1) == 0;
                    var first = (await (isOffFirst ? off : on).LatenciesAsync([query], isCached))[0];
                    var second = (await (isOffFirst ? on : off).LatenciesAsync([query], isCached))[0];
                    without.Add(isOffFirst ? first : second);
                    with.Add(isOffFirst ? second : first);
                    added.Add(with[^1] - without[^1]);
                }
            }

            Console.WriteLine($"{(isCached ? "kept answers" : "asked of the engine")}, {without.Count} queries each");
            Report("  without telemetry", without);
            Report("  with telemetry", with);
            Report("  added, pair by pair", added);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"received {received / 1024} kB of telemetry"));
    }

    private static void Report(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        double At(double part) => milliseconds[(int)(part * (milliseconds.Count - 1))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-28} p50 {At(0.5),8:F3} ms   p95 {At(0.95),8:F3} ms   mean {milliseconds.Average(),8:F3} ms"));
    }
}
