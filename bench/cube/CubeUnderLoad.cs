using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Floe.Bench.Cube;

/// <summary>One service with Cube's API, asked over and over.</summary>
internal sealed class CubeUnderLoad(string address, string secret)
{
    public const int Connections = 16;

    private readonly HttpClient _client = Connect(address, secret);

    private readonly ConcurrentDictionary<(string Query, bool IsCached), int> _lengths = [];

    /// <summary>True: every answer to a query must be as long as the first one.</summary>
    public bool ChecksLengths { get; init; }

    /// <summary>The answer of another address of the API, as text.</summary>
    public async Task<string> TextAsync(string path, string query)
    {
        using var content = new StringContent($$"""{"query":{{query}}}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync($"/cubejs-api/v1/{path}", content);
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? text : throw new InvalidOperationException($"{(int)response.StatusCode} of {address} for {query}: {text}");
    }

    public async Task<HttpStatusCode> AskAsync(string query, bool isCached)
    {
        using var content = new StringContent($$"""{"query":{{query}},"queryType":"multi","cache":"{{(isCached ? "stale-if-slow" : "no-cache")}}"}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync("/cubejs-api/v1/load", content);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (ChecksLengths && _lengths.GetOrAdd((query, isCached), body.Length) is var before && before != body.Length) throw new InvalidOperationException($"An answer of {body.Length} bytes where others had {before}, for {query}");
        return response.StatusCode;
    }

    /// <summary>Milliseconds of each query, one after the other.</summary>
    public async Task<List<double>> LatenciesAsync(IReadOnlyList<string> queries, bool isCached)
    {
        var latencies = new List<double>(queries.Count);
        foreach (var query in queries)
        {
            var started = Stopwatch.GetTimestamp();
            var status = await AskAsync(query, isCached);
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (status != HttpStatusCode.OK) throw new InvalidOperationException($"{(int)status} of {address} for {query}");
        }
        return latencies;
    }

    /// <summary>Answers per second over all connections.</summary>
    /// <param name="next">The n-th query.</param>
    public async Task<double> ThroughputAsync(Func<int, string> next, bool isCached, int seconds)
    {
        var (asked, answered) = (-1, 0);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                if (await AskAsync(next(Interlocked.Increment(ref asked)), isCached) == HttpStatusCode.OK) Interlocked.Increment(ref answered);
            }
        }));
        return answered / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static HttpClient Connect(string address, string secret)
    {
        var header = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8);
        var payload = Base64Url.EncodeToString("""{"exp":4000000000,"region":["North","South","East","West"]}"""u8);
        var signature = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{header}.{payload}")));
        // Node closes an idle connection after five seconds.
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"{header}.{payload}.{signature}");
        return client;
    }
}
