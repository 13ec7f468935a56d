using System.Diagnostics;
using System.Net.Sockets;
using Floe.AppHost.Preflight.Checks;
using Floe.AppHost.Tools;

namespace Floe.AppHost.Preflight;

/// <summary>Runs the checks side by side, each to a result: a check that breaks or hangs is one of the results, not the end of the others.</summary>
public sealed class PreflightRunner(PreflightConfig config, Credentials credentials, TimeProvider clock)
{
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);

    /// <summary>Runs the configured checks.</summary>
    public async Task<PreflightReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(Math.Min(10, config.TimeoutSeconds)) });
        var results = await Task.WhenAll(PreflightService.All.Where(config.Checks.Contains).Select(service => RunAsync(service, Check(service, http), cancellationToken)));
        return new(clock.GetUtcNow(), (long)clock.GetElapsedTime(start).TotalMilliseconds, config.Environment, results);
    }

    private Func<CancellationToken, Task<CheckFinding>> Check(string service, HttpClient http) => service switch
    {
        PreflightService.Compute => stop => ComputeCheck.RunAsync(config, credentials, http, clock, stop),
        PreflightService.Storage => stop => StorageCheck.RunAsync(config, credentials, http, clock, stop),
        PreflightService.Catalog => stop => CatalogCheck.RunAsync(config, credentials, http, stop),
        PreflightService.Postgres => stop => PostgresCheck.RunAsync(config, credentials, stop),
        _ => stop => ClusterCheck.RunAsync(config, stop),
    };

    private async Task<PreflightResult> RunAsync(string service, Func<CancellationToken, Task<CheckFinding>> check, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(config.TimeoutSeconds), clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // Not on the caller's thread: a client that blocks must not hold up the others.
            var finding = await Task.Run(() => check(stop.Token), stop.Token).WaitAsync(stop.Token);
            var elapsed = clock.GetElapsedTime(start);
            if (finding.Remediation is null && elapsed > s_slow && service is not PreflightService.Cluster)
                finding = finding with { Message = $"{finding.Message}, but it took {elapsed.TotalMilliseconds:0} ms", Remediation = $"look at the network between here and the {service} service: more than {s_slow.TotalMilliseconds:0} ms is slow" };
            return new(service, finding.Remediation is null ? PreflightStatus.Ok : PreflightStatus.Warning, finding.Message, (long)elapsed.TotalMilliseconds, finding.Remediation, finding.Details);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            return Failed($"no answer within {config.TimeoutSeconds} s", "look for a firewall that drops packets on the way, or give more time with Floe:Preflight:TimeoutSeconds");
        }
        catch (CheckFailedException e)
        {
            return Failed(e.Message, e.Remediation);
        }
        catch (ToolMissingException e)
        {
            return Failed(e.Message, e.Remedy);
        }
        catch (HttpRequestException e)
        {
            // The URL may hold a query; host and reason are enough.
            return Failed($"the service cannot be reached: {e.InnerException?.Message ?? e.Message}", "check host and port, that the service runs, and that no firewall is in between");
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException or System.Text.Json.JsonException or UnauthorizedAccessException)
        {
            return Failed($"the check broke off: {e.Message}", "see the message; if the service is another than configured, correct Floe:Preflight");
        }

        PreflightResult Failed(string message, string remediation) =>
            new(service, PreflightStatus.Error, message, (long)clock.GetElapsedTime(start).TotalMilliseconds, remediation);
    }
}
