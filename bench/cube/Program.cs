using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Floe.Bench.Cube;

// Latency and throughput of Cube's API on loopback; bench/cube.sh, bench/cube-real.sh and bench/cube-large.sh start the services and this.
// Arguments: address, address of the same with an access policy, folder of recorded cases, secret, seconds per throughput run, port and password of the first one's SQL API;
// or: queries, address, file of queries (a label, a tab, the query), secret, rounds;
// or: freshness, address, folder of the tables that it serves, secret, rounds;
// or: telemetry, address of a service without and of one with it, folder of recorded cases, secret, rounds, port to receive it at;
// or: compare, folder of recorded cases, secret, seconds per throughput run, NAME=URL of each service.
if (args is ["compare", var recordings, var commonSecret, var perRun, .. var services])
{
    await Comparison.RunAsync(Recorded(recordings), services, commonSecret, int.Parse(perRun, CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["queries", var address, var file, var signedWith, var rounds])
{
    await LabelledQueries.RunAsync(new CubeUnderLoad(address, signedWith), file, int.Parse(rounds, CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["telemetry", var quietAddress, var tellingAddress, var asked, var key, var times, var receiverPort])
{
    var (quiet, telling) = (new CubeUnderLoad(quietAddress, key), new CubeUnderLoad(tellingAddress, key));
    var answered = new List<string>();
    foreach (var query in Recorded(asked))
    {
        if (await quiet.AskAsync(query, isCached: false) == HttpStatusCode.OK) answered.Add(query);
    }
    await TelemetryCost.RunAsync(answered, quiet, telling, int.Parse(times, CultureInfo.InvariantCulture), int.Parse(receiverPort, CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["freshness", var freshAddress, var tables, var signingKey, var changes])
{
    await Freshness.RunAsync(new CubeUnderLoad(freshAddress, signingKey), tables, int.Parse(changes, CultureInfo.InvariantCulture));
    return 0;
}
if (args is not [var plainAddress, var policyAddress, var cases, var secret, var secondsText, var sqlPort, var sqlPassword])
{
    Console.Error.WriteLine("Floe.Bench.Cube URL URL_WITH_POLICY CASES SECRET SECONDS SQL_PORT SQL_PASSWORD, see bench/cube.sh; or compare CASES SECRET SECONDS NAME=URL..., see bench/cube-real.sh.");
    return 2;
}

var seconds = int.Parse(secondsText, CultureInfo.InvariantCulture);
// A kept answer is the whole answer: as long as the one that the engine gave.
var plain = new CubeUnderLoad(plainAddress, secret) { ChecksLengths = true };
var policy = new CubeUnderLoad(policyAddress, secret);
var queries = await AnsweredAsync(Recorded(cases));
var ofOrders = queries.Where(query => query.Contains("Orders.")).ToList();
Console.WriteLine($"{queries.Count} recorded queries, of which {ofOrders.Count} read orders");

// Both warm: compiled, connected, tables in memory.
for (var round = 0; round < 5; round++)
{
    await plain.LatenciesAsync(queries, isCached: false);
    await plain.LatenciesAsync(queries, isCached: true);
    await policy.LatenciesAsync(ofOrders, isCached: false);
}

await ReportAsync("uncached, one after the other", () => plain.LatenciesAsync(queries, isCached: false));
await ReportAsync("cached, one after the other", () => plain.LatenciesAsync(queries, isCached: true));
var without = await ReportAsync("uncached, queries of orders, without a policy", () => plain.LatenciesAsync(ofOrders, isCached: false));
var with = await ReportAsync("uncached, queries of orders, with a policy", () => policy.LatenciesAsync(ofOrders, isCached: false));
Console.WriteLine($"{"a policy adds",-52} p50 {with - without,8:F2} ms");
Console.WriteLine($"{$"cached, {CubeUnderLoad.Connections} connections",-52} {await plain.ThroughputAsync(n => queries[n % queries.Count], isCached: true, seconds),8:F0} requests/s");
Console.WriteLine($"{$"uncached, {CubeUnderLoad.Connections} connections",-52} {await plain.ThroughputAsync(n => queries[n % queries.Count], isCached: false, seconds),8:F0} requests/s");
await using var sql = await SqlUnderLoad.ConnectAsync(int.Parse(sqlPort, CultureInfo.InvariantCulture), sqlPassword);
for (var round = 0; round < 10; round++) await sql.LatenciesAsync(isCached: round % 2 == 0);
await ReportAsync("SQL by Npgsql, uncached (a new value each time)", () => sql.LatenciesAsync(isCached: false));
await ReportAsync("SQL by Npgsql, cached", () => sql.LatenciesAsync(isCached: true));
return 0;

static List<string> Recorded(string folder) => Directory.EnumerateFiles(folder, "load-*.json").Order(StringComparer.Ordinal)
    .Select(path => JsonNode.Parse(File.ReadAllText(path))!).Where(recording => recording["response"]!["status"]!.GetValue<int>() == 200)
    .Select(recording => recording["request"]!["query"]?.ToJsonString()).OfType<string>().Distinct().ToList();

async Task<List<string>> AnsweredAsync(List<string> asked)
{
    var answered = new List<string>();
    foreach (var query in asked)
    {
        var status = await plain.AskAsync(query, isCached: false);
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"{(int)status} for {query}");
        answered.Add(query);
    }
    return answered;
}

async Task<double> ReportAsync(string what, Func<Task<List<double>>> measure)
{
    var latencies = new List<double>();
    for (var round = 0; round < 10; round++) latencies.AddRange(await measure());
    latencies.Sort();
    double At(double share) => latencies[(int)(share * (latencies.Count - 1))];
    Console.WriteLine($"{what,-52} p50 {At(0.5),8:F2} ms   p95 {At(0.95),8:F2} ms   max {latencies[^1],8:F2} ms");
    return At(0.5);
}
