using System.Text.Json.Nodes;

namespace Floe.AppHost.Evidence;

/// <summary>What the services have sent to the dashboard, by its telemetry API. Found out as <c>aspire otel</c> does.</summary>
internal sealed class DashboardTelemetry : IDisposable
{
    private readonly HttpClient _http;

    private DashboardTelemetry(Uri url, string? key)
    {
        _http = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan }; // each check has a limit
        if (key is not null)
            _http.DefaultRequestHeaders.Add("x-api-key", key);
        Key = key;
    }

    /// <summary>The key of the API; null when it asks for none.</summary>
    public string? Key { get; }

    /// <summary>Of this process' dashboard; null when there is none.</summary>
    public static async Task<DashboardTelemetry?> FindAsync(string appHostPath, CancellationToken ct)
    {
        await using var self = await AppHostSocket.FindAsync(appHostPath, Environment.ProcessId, ct);
        return self is not null && await self.CallAsync("GetDashboardInfoAsync", null, ct) is { } info && (string?)info["apiBaseUrl"] is { } url
            ? new(new Uri(url), (string?)info["apiToken"])
            : null;
    }

    /// <summary>Spans of a trace: the service and the span's name.</summary>
    public async Task<IReadOnlyList<(string Service, string Span)>> TraceAsync(string traceId, CancellationToken ct)
    {
        using var answer = await _http.GetAsync($"/api/telemetry/traces/{traceId}", ct);
        return answer.IsSuccessStatusCode ? [.. Spans(JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct)))] : [];
    }

    /// <summary>Everything of one kind that it keeps, as it says it.</summary>
    /// <param name="kind">logs, spans.</param>
    public async Task<byte[]> AllAsync(string kind, CancellationToken ct) => await _http.GetByteArrayAsync($"/api/telemetry/{kind}?limit=1000000", ct);

    public void Dispose() => _http.Dispose();

    // Wherever the OTLP JSON is wrapped.
    private static IEnumerable<(string Service, string Span)> Spans(JsonNode? node) => node switch
    {
        JsonObject of when of["scopeSpans"] is JsonArray scopes => scopes.SelectMany(scope => scope!["spans"]!.AsArray()).Select(span => (Service(of), (string)span!["name"]!)),
        JsonObject of => of.SelectMany(member => Spans(member.Value)),
        JsonArray items => items.SelectMany(Spans),
        _ => [],
    };

    private static string Service(JsonObject spans) =>
        (string?)spans["resource"]?["attributes"]?.AsArray().FirstOrDefault(a => (string?)a!["key"] == "service.name")?["value"]?["stringValue"] ?? "";
}
