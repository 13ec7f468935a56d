using System.Text.Json;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.ServiceDefaults.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Floe.CubeProxy.Upstream;

/// <summary>
/// Ready when a query of Cube's own model is answered. Cube's own probes are green while every query fails, for example when its database could not attach
/// the catalog; and red, the one for liveness too, when only the database is down.
/// </summary>
internal sealed partial class UpstreamReadiness(UpstreamClient client, DependencyWatch watch, TableWatch tables, TimeProvider clock, ILogger<UpstreamReadiness> log) : BackgroundService, IHealthCheck
{
    private const int LargestMeta = 64 * 1024 * 1024;
    private static readonly TimeSpan _whenReady = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _whenNot = TimeSpan.FromSeconds(1);

    private volatile string? _problem = "Cube has not been asked yet.";

    /// <summary>Why no query is answered; null: they are.</summary>
    public string? Problem => watch.Outage?.ToString() ?? _problem;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        Problem is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy("Cube answers queries."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? query = null;
        // Who is ready keeps answers, and for that knows what they belong to.
        await tables.FirstLook.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var before = _problem;
            using (Unsampled.Start("cube.ready"))
            {
                try
                {
                    // After a failure anew: the model may be another.
                    if (before is not null || query is null) query = await FindQueryAsync(stoppingToken);
                    using var answer = await AskAsync($"load?query={Uri.EscapeDataString(query)}", stoppingToken);
                    _problem = null;
                    watch.Report(null);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception e) when (e is CubeApiException or JsonException or KeyNotFoundException or InvalidOperationException || ConnectionFailure.Is(e))
                {
                    _problem = e.Message;
                    watch.Report(e is CubeApiException { ErrorType: "dependency_unavailable" } && watch.Outage is null ? new Outage("the data source of Cube", e.Message) : null);
                }
            }
            if (_problem is { } problem && problem != before) LogNotReady(problem);
            if (_problem is null && before is not null) LogReady();
            await Task.Delay(_problem is null ? _whenReady : _whenNot, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A measure that everybody may ask for; one row.
    private async Task<string> FindQueryAsync(CancellationToken ct)
    {
        using var meta = await AskAsync("meta", ct);
        foreach (var cube in meta.RootElement.GetProperty("cubes").EnumerateArray())
        {
            if (cube.GetProperty("measures").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } measure)
                return JsonSerializer.Serialize(new { measures = new[] { measure.GetProperty("name").GetString() }, limit = 1 });
        }
        throw new InvalidOperationException("Cube's model has no measure that can be asked for without a claim; /v1/meta is empty.");
    }

    private async Task<JsonDocument> AskAsync(string path, CancellationToken ct)
    {
        using var response = await client.SendAsync(new UpstreamRequest($"/cubejs-api/v1/{path}"), SecurityContext.Nobody, heedOutages: false, ct);
        var body = await response.ReadAsync(LargestMeta, ct) ?? throw new InvalidOperationException("Cube's answer is too large.");
        if (response.Status == 200) return JsonDocument.Parse(body);
        throw new InvalidOperationException($"Cube answers {response.Status} to /v1/{path.Split('?')[0]}: {System.Text.Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 300)])}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: {Problem}")]
    private partial void LogNotReady(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Cube answers queries; ready.")]
    private partial void LogReady();
}
