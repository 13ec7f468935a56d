using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>Recorded queries, changed at random in structure and in text: each gets an answer or one sentence with the right code, and the service goes on.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class FuzzTests(RecordedShop shop)
{
    private const int Few = 600;
    private const int Many = 10_000;
    private const int AtOnce = 4;
    private const int Seed = 4711;

    private static readonly string[] _texts =
        ["", " ", "Orders", "Orders.count", "Orders.status", "Orders.order_date", "Orders.order_date.month", "Customers.region", "nope.nope", "'; DROP TABLE orders; --", "\0", "\uD83D", "😀", "%", "_", "\\", "$1",
         "{CUBE}", "{{ x }}", "../../etc/passwd", "2026-02-30", "9999-12-31", "0001-01-01", "last 5 days", "next 99999999 years", "from a to b", "asc", "desc", "equals", "contains", "gt", "inDateRange", "day", "NaN", "1e999", "-0", "Europe/Berlin", "no-cache"];

    [Fact]
    public Task A_few_broken_queries() => RunAsync(Few);

    [Fact]
    [Trait("Category", "Long")]
    public Task Many_broken_queries() => RunAsync(Many);

    private async Task RunAsync(int count)
    {
        var seeds = Directory.EnumerateFiles(Path.Combine(RecordedShop.Folder, "cases"), "load-*.json").Order(StringComparer.Ordinal)
            .Select(path => JsonNode.Parse(File.ReadAllText(path))!["request"]!["query"]?.ToJsonString()).OfType<string>().ToList();
        var random = new Random(Seed);
        var queries = Enumerable.Range(0, count).Select(_ => Mutate(random, seeds)).ToList();
        var answered = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var query = queries[i];
            var path = $"/cubejs-api/v1/{(i % 5) switch { 0 => "sql", 1 => "dry-run", _ => "load" }}";
            using var request = i % 3 == 0
                ? new HttpRequestMessage(HttpMethod.Get, $"{path}?query={Uri.EscapeDataString(query)}&queryType=multi")
                : new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent($"{{\"query\":{query},\"queryType\":\"multi\"}}", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("Authorization", Tokens.Valid);
            using var response = await shop.Cube.Client.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref answered);
                using var _1 = JsonDocument.Parse(body);
                return;
            }
            if (response.StatusCode is HttpStatusCode.RequestUriTooLong) return;
            var error = JsonNode.Parse(body)!["error"]!.GetValue<string>();
            Assert.True(error.Length > 0 && !error.Contains('\n') && !error.Contains("   at "), $"{query}: {error}");
            // Only these two are Cube's 500s; anything else would be the service's own fault.
            var isServers = error == "Error: The query limit has been exceeded." || error.StartsWith("Error: You requested hidden member", StringComparison.Ordinal);
            Assert.True(response.StatusCode == (isServers ? HttpStatusCode.InternalServerError : HttpStatusCode.BadRequest), $"{(int)response.StatusCode} for {query}: {error}");
        });
        Assert.InRange(answered, count / 50, count);
        Assert.Equal("5000", (await shop.Cube.RowsAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"]!.GetValue<string>());
    }

    private static string Mutate(Random random, List<string> seeds)
    {
        var query = JsonNode.Parse(seeds[random.Next(seeds.Count)])!;
        for (var i = random.Next(1, 4); i > 0; i--) Change(random, query, seeds);
        var text = query.ToJsonString();
        if (random.Next(5) > 0 || text.Length < 2) return text;
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text[..at],
            1 => text.Remove(at, 1),
            _ => text.Insert(at, ((char)random.Next(32, 127)).ToString()),
        };
    }

    private static void Change(Random random, JsonNode query, List<string> seeds)
    {
        var places = new List<JsonNode>();
        Collect(query, places);
        switch (places[random.Next(places.Count)])
        {
            case JsonObject { Count: > 0 } some:
                var key = some.ElementAt(random.Next(some.Count)).Key;
                if (random.Next(4) == 0) some.Remove(key);
                else some[key] = Value(random, seeds);
                break;
            case JsonObject empty:
                empty[_texts[random.Next(_texts.Length)]] = Value(random, seeds);
                break;
            case JsonArray list:
                if (list.Count > 0 && random.Next(3) == 0) list.RemoveAt(random.Next(list.Count));
                else list.Insert(random.Next(list.Count + 1), Value(random, seeds));
                break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        switch (node)
        {
            case JsonObject map:
                places.Add(map);
                foreach (var (_, inner) in map) Collect(inner, places);
                break;
            case JsonArray list:
                places.Add(list);
                foreach (var inner in list) Collect(inner, places);
                break;
        }
    }

    private static JsonNode? Value(Random random, List<string> seeds) => random.Next(10) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-5, 60_000),
        3 => random.NextDouble() * Math.Pow(10, random.Next(-10, 300)),
        4 => new JsonArray(_texts[random.Next(_texts.Length)]),
        5 => new JsonObject { [_texts[random.Next(_texts.Length)]] = _texts[random.Next(_texts.Length)] },
        6 => JsonNode.Parse(seeds[random.Next(seeds.Count)]),
        _ => _texts[random.Next(_texts.Length)],
    };
}
