using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

// Latency and throughput of Cube's API on loopback: bench/cube.sh starts the services and this.
// Arguments: address, address of the same with an access policy, folder of recorded cases, secret, seconds per throughput run.
if (args is not [var plainAddress, var policyAddress, var cases, var secret, var secondsText])
{
    Console.Error.WriteLine("Floe.Bench.Cube URL URL_WITH_POLICY CASES SECRET SECONDS; see bench/cube.sh.");
    return 2;
}

const int Connections = 16;
var seconds = int.Parse(secondsText, CultureInfo.InvariantCulture);
var plain = Client(plainAddress);
var policy = Client(policyAddress);
var queries = await AnsweredAsync(Directory.EnumerateFiles(cases, "load-*.json").Order(StringComparer.Ordinal)
    .Select(path => JsonNode.Parse(File.ReadAllText(path))!).Where(recording => recording["response"]!["status"]!.GetValue<int>() == 200)
    .Select(recording => recording["request"]!["query"]?.ToJsonString()).OfType<string>().Distinct().ToList());
var ofOrders = queries.Where(query => query.Contains("Orders.")).ToList();
Console.WriteLine($"{queries.Count} recorded queries, of which {ofOrders.Count} read orders");

// Both warm: compiled, connected, tables in memory.
for (var round = 0; round < 5; round++)
{
    await LatenciesAsync(plain, queries, isCached: false);
    await LatenciesAsync(plain, queries, isCached: true);
    await LatenciesAsync(policy, ofOrders, isCached: false);
}

await ReportAsync("uncached, one after the other", () => LatenciesAsync(plain, queries, isCached: false));
await ReportAsync("cached, one after the other", () => LatenciesAsync(plain, queries, isCached: true));
var without = await ReportAsync("uncached, queries of orders, without a policy", () => LatenciesAsync(plain, ofOrders, isCached: false));
var with = await ReportAsync("uncached, queries of orders, with a policy", () => LatenciesAsync(policy, ofOrders, isCached: false));
Console.WriteLine($"{"a policy adds",-52} p50 {with - without,8:F2} ms");
Console.WriteLine($"{$"cached, {Connections} connections",-52} {await ThroughputAsync(isCached: true),8:F0} requests/s");
Console.WriteLine($"{$"uncached, {Connections} connections",-52} {await ThroughputAsync(isCached: false),8:F0} requests/s");
return 0;

HttpClient Client(string address)
{
    var header = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8);
    var payload = Base64Url.EncodeToString("""{"exp":4000000000,"region":["North","South","East","West"]}"""u8);
    var signature = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{header}.{payload}")));
    var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false }) { BaseAddress = new Uri(address) };
    client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"{header}.{payload}.{signature}");
    return client;
}

async Task<HttpStatusCode> AskAsync(HttpClient client, string query, bool isCached)
{
    using var content = new StringContent($$"""{"query":{{query}},"queryType":"multi","cache":"{{(isCached ? "stale-if-slow" : "no-cache")}}"}""", Encoding.UTF8, "application/json");
    using var response = await client.PostAsync("/cubejs-api/v1/load", content);
    await response.Content.ReadAsByteArrayAsync();
    return response.StatusCode;
}

async Task<List<string>> AnsweredAsync(List<string> asked)
{
    var answered = new List<string>();
    foreach (var query in asked)
    {
        var status = await AskAsync(plain, query, isCached: false);
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"{(int)status} for {query}");
        answered.Add(query);
    }
    return answered;
}

async Task<List<double>> LatenciesAsync(HttpClient client, List<string> asked, bool isCached)
{
    var latencies = new List<double>(asked.Count);
    foreach (var query in asked)
    {
        var started = Stopwatch.GetTimestamp();
        var status = await AskAsync(client, query, isCached);
        latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"{(int)status} for {query}");
    }
    return latencies;
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

async Task<double> ThroughputAsync(bool isCached)
{
    var answered = 0;
    var started = Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
    {
        for (var i = connection; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; i++)
        {
            if (await AskAsync(plain, queries[i % queries.Count], isCached) == HttpStatusCode.OK) Interlocked.Increment(ref answered);
        }
    }));
    return answered / Stopwatch.GetElapsedTime(started).TotalSeconds;
}
