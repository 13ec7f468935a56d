using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.CubeProxy.Serving;
using Floe.CubeProxy.SqlApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Cube;

/// <summary>A running service, in this process, on a free port; over a model folder and a data folder.</summary>
internal sealed class RunningCube : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _token;

    private RunningCube(WebApplication app, string secret)
    {
        _app = app;
        _token = Tokens.Sign(Tokens.ValidPayload, secret);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(120) };
    }

    /// <summary>The recordings' secret, over files.</summary>
    public const string Secret = "secret";

    public const string LakehouseSecret = "a secret of 16 characters or more";

    public HttpClient Client { get; }

    /// <summary>What is kept, and who waits.</summary>
    public AnswerCache Answers => _app.Services.GetRequiredService<AnswerCache>();

    /// <summary>Of the SQL API, where settings switch it on.</summary>
    public int SqlPort => _app.Services.GetRequiredService<SqlServer>().Endpoint.Port;

    /// <param name="data">Null: the lakehouse, found by <paramref name="settings"/>.</param>
    public static async Task<RunningCube> StartAsync(string model, string? data, DateTimeOffset? clock = null, IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? change = null, int port = 0)
    {
        var secret = data is null ? LakehouseSecret : Secret;
        var app = CubeServer.Create(new CubeServerOptions { Model = model, Data = data, Port = port, Secret = secret, Clock = clock }, builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
            builder.Logging.AddFilter(level => level >= LogLevel.Error);
            change?.Invoke(builder);
        });
        await app.StartAsync();
        return new RunningCube(app, secret);
    }

    public async Task<RunningCube> WhenReadyAsync()
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while ((await Client.GetAsync("/readyz", giveUp.Token)).StatusCode != HttpStatusCode.OK) await Task.Delay(20, giveUp.Token);
        return this;
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? authorization, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Asks by POST, with a valid token.</summary>
    public Task<(HttpStatusCode Status, JsonNode? Body)> LoadAsync(string query) =>
        SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", _token, $"{{\"query\":{query}}}");

    /// <summary>The rows of a query that must succeed.</summary>
    public async Task<JsonArray> RowsAsync(string query)
    {
        var (status, body) = await LoadAsync(query);
        Assert.True(status == HttpStatusCode.OK, $"{(int)status} for {query}: {body?.ToJsonString()}");
        return body!["data"]!.AsArray();
    }

    public async Task<string> ErrorAsync(string query, HttpStatusCode expected = HttpStatusCode.BadRequest)
    {
        var (status, body) = await LoadAsync(query);
        Assert.True(status == expected, $"{(int)status} instead of {(int)expected} for {query}: {body?.ToJsonString()}");
        return body!["error"]!.GetValue<string>();
    }

    /// <summary>Stops as a service stops; the address is free afterwards.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>The recorded model and data, started once for all tests that only ask.</summary>
public sealed class RecordedShop : IAsyncLifetime
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Cube", "Recordings");

    /// <summary>When the recordings were made.</summary>
    public static readonly DateTimeOffset Clock = new(2026, 11, 21, 0, 10, 0, TimeSpan.Zero);

    /// <summary>Of the SQL API's user "cube".</summary>
    public const string SqlPassword = "pass, word'; = \\ %";

    internal RunningCube Cube { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cube = await RunningCube.StartAsync(Path.Combine(Folder, "model"), Path.Combine(Folder, "data"), Clock,
            new Dictionary<string, string?> { [SqlApiSettings.PortKey] = "0", [SqlApiSettings.PasswordKey] = SqlPassword, [$"{SqlApiSettings.Section}:SignInSeconds"] = "120" });
        await Cube.WhenReadyAsync();
    }

    public async Task DisposeAsync() => await Cube.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class RecordedShopCollection : ICollectionFixture<RecordedShop>
{
    public const string Name = "recorded shop";
}
