using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Cube.Upstream;

/// <summary>Stands where a Cube is: answers recorded requests as recorded (status, body), and misbehaves as told.</summary>
internal sealed class ReplayedCube : IAsyncDisposable
{
    public const string Secret = "what this Cube checks tokens with";

    private readonly WebApplication _app;
    private readonly Dictionary<string, JsonNode> _recordings = [];

    private ReplayedCube(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
        foreach (var recording in Recordings().Where(recording => IsWithToken(recording["request"]!))) _recordings.TryAdd(KeyOf(recording["request"]!), recording["response"]!);
    }

    public string Address => _app.Urls.First();

    public int Port => new Uri(Address).Port;

    /// <summary>What came from clients; this service's own questions for readiness are not among it.</summary>
    public ConcurrentQueue<Seen> Requests { get; } = [];

    /// <summary>What to do with the n-th request of a client, from 1; false: answer as recorded.</summary>
    public Func<HttpContext, int, Task<bool>>? Misbehave { get; set; }

    /// <summary>The same for the questions for readiness.</summary>
    public Func<HttpContext, Task<bool>>? MisbehaveForReadiness { get; set; }

    public static IEnumerable<JsonNode> Recordings() =>
        Directory.EnumerateFiles(Path.Combine(RecordedShop.Folder, "cases"), "*.json").Order(StringComparer.Ordinal).Select(path => JsonNode.Parse(File.ReadAllText(path))!);

    /// <summary>Those without a valid token get no further than this service.</summary>
    public static bool IsWithToken(JsonNode request) => request["headers"]?["authorization"]?.GetValue<string>() == "<valid HS256 JWT>";

    /// <summary>Path and query of a recorded request.</summary>
    public static string TargetOf(JsonNode request)
    {
        var target = request["path"]!.GetValue<string>();
        if (request["query"] is not { } query) return target;
        target += $"?query={Uri.EscapeDataString(query.ToJsonString())}";
        return request["queryType"] is { } type ? $"{target}&queryType={type}" : target;
    }

    public static async Task<ReplayedCube> StartAsync(int port = 0)
    {
        var cube = new ReplayedCube(port);
        await cube._app.StartAsync();
        return cube;
    }

    /// <summary>Our service before this.</summary>
    public Task<RunningCube> BehindAsync(DateTimeOffset? clock = null, params (string Key, string Value)[] more) => BehindAsync(Address, Path.Combine(RecordedShop.Folder, "data"), clock, more);

    public static Task<RunningCube> BehindAsync(string address, string? data, DateTimeOffset? clock = null, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?> { ["Floe:Cube:Upstream"] = address, ["Floe:Cube:Secret"] = Secret };
        foreach (var (key, value) in more) settings[key] = value;
        return RunningCube.StartAsync(Path.Combine(RecordedShop.Folder, "model"), data, clock ?? RecordedShop.Clock, settings);
    }

    public static Task ContinueWaitAsync(HttpContext http) => JsonAsync(http, 200, """{"error":"Continue wait"}""");

    public static async Task JsonAsync(HttpContext http, int status, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers["X-Powered-By"] = "Express";
        http.Response.Headers.AccessControlAllowOrigin = "*";
        await http.Response.Body.WriteAsync(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/livez")
        {
            await JsonAsync(http, 200, """{"health":"HEALTH"}""");
            return;
        }
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var id = http.Request.Headers["x-request-id"].ToString();
        var isOurs = id.StartsWith("floe-", StringComparison.Ordinal);
        if (isOurs)
        {
            if (MisbehaveForReadiness is { } lie && await lie(http)) return;
        }
        else
        {
            Requests.Enqueue(new Seen(http.Request.Method, http.Request.Path, id, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            if (Misbehave is { } misbehave && await misbehave(http, Requests.Count)) return;
        }
        var target = http.Request.Path + http.Request.QueryString.ToUriComponent();
        if (_recordings.TryGetValue($"{http.Request.Method} {target} {body}", out var response))
        {
            await JsonAsync(http, response["status"]!.GetValue<int>(), response["body"]!.ToJsonString());
            return;
        }
        await JsonAsync(http, 200, """{"query":{},"lastRefreshTime":"2026-11-21T00:10:30.000Z","data":[{"any":"1"}]}""");
    }

    private static string KeyOf(JsonNode request) => $"{request["method"]} {TargetOf(request)} {request["body"]?.ToJsonString()}";

    internal sealed record Seen(string Method, string Path, string RequestId, IReadOnlyDictionary<string, string> Headers);
}
