using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Marquez;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;

namespace Floe.Tests.Marquez;

/// <summary>A lineage server on a PostgreSQL; every test may take a server on a database of its own.</summary>
public sealed class MarquezFixture : IAsyncLifetime
{
    // The day of the tests' events: by the machine's clock they are too old to be kept a week later.
    private static readonly TimeProvider s_day = new FixedTime(new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    private readonly PostgresFixture _postgres = new();
    private readonly List<WebApplication> _servers = [];

    public Task InitializeAsync() => _postgres.InitializeAsync();

    /// <summary>A server with nothing in it, ready.</summary>
    internal async Task<MarquezApi> StartAsync() => await StartAsync(await NewDatabaseAsync());

    internal Task<string> NewDatabaseAsync() => _postgres.CreateDatabaseAsync();

    /// <summary>A server on what another has left.</summary>
    internal async Task<MarquezApi> StartAsync(string database, TimeProvider? time = null)
    {
        var server = MarquezServer.Create(new() { Port = 0, AdminPort = 0, ConnectionString = database, Time = time ?? s_day });
        lock (_servers)
            _servers.Add(server);
        await server.StartAsync();
        var api = new MarquezApi(server.Urls.First(), server.Urls.Last());
        await api.UntilHealthyAsync();
        return api;
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

/// <summary>The server as a client sees it.</summary>
internal sealed class MarquezApi(string url, string adminUrl)
{
    private static readonly HttpClient s_http = new();

    public string Url => url;

    public async Task UntilHealthyAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await s_http.GetAsync($"{adminUrl}/healthcheck", patience.Token)).StatusCode != System.Net.HttpStatusCode.OK)
            await Task.Delay(20, patience.Token);
    }

    public async Task<(int Status, string Body)> SendAsync(string body)
    {
        using var answer = await s_http.PostAsync($"{url}/api/v1/lineage", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task EmitAsync(params IEnumerable<JsonObject> events)
    {
        foreach (var lineage in events)
            Assert.Equal((201, ""), await SendAsync(lineage.ToJsonString()));
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await s_http.GetAsync(Address(path));
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<(int Status, string Message)> RefusedAsync(string path)
    {
        using var answer = await s_http.GetAsync(Address(path));
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal((int)answer.StatusCode, (int)body!["code"]!);
        return ((int)answer.StatusCode, (string)body["message"]!);
    }

    private string Address(string path) => $"{url}/api/v1/{path}";
}
