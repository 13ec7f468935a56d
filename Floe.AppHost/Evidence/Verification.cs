using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Floe.AppHost.Evidence.Checks;
using Floe.AppHost.Startup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Floe.AppHost.Evidence;

/// <summary>
/// Verifies this running stack: the worker makes the checks that it has the rights for, with tokens for CubeProxy that soon end; the
/// AppHost those for which one needs what nobody else may have (the SQL password, the dashboard's key, all secrets).
/// </summary>
internal sealed class Verification(StackUnderTest stack, IServiceProvider services)
{
    // How long the worker's checks may take in all: its setting and its default, which it has from this process' environment.
    private readonly TimeSpan _workers = TimeSpan.FromSeconds(services.GetRequiredService<IConfiguration>().GetValue("Evidence:TimeoutSeconds", 18));
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();

    // Longer than any verification.
    private TimeSpan TokenLifetime => _workers * 5;

    // For one check.
    private TimeSpan Patience => _workers * 5 / 9;

    /// <summary>Runs all checks.</summary>
    /// <exception cref="DistributedApplicationException">The worker gives no report.</exception>
    public async Task<EvidenceReport> RunAsync(CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        var secret = await ValueAsync(stack.ApiSecret, ct);
        var now = _time.GetUtcNow();
        var tokens = new Tokens(
            CubeToken.Create(secret, now, now + TokenLifetime),
            CubeToken.Create(secret, now, now + TokenLifetime, ("role", "support"), ("region", "EMEA")),
            CubeToken.Create(secret, now - TokenLifetime, now - TimeSpan.FromSeconds(1)));

        var worker = await AskWorkerAsync(tokens, ct);
        using var telemetry = await DashboardTelemetry.FindAsync(AppHostPath, ct);
        List<EvidenceCheck> checks = [.. worker.Checks, await MeasureAsync(SqlApi(tokens.Plain, await ValueAsync(stack.SqlPassword, ct)), ct)];
        var trace = worker.Checks.Select(check => check.Details?.GetValueOrDefault("traceId")).FirstOrDefault(id => !string.IsNullOrEmpty(id));
        checks.Add(telemetry is null || trace is null
            ? Skipped("trace", telemetry is null ? "the dashboard is off, and it has the traces" : "no batch was run, so that there is no trace to look at")
            : await MeasureAsync(new TraceCheck(stop => telemetry.TraceAsync(trace, stop), Patience * 3 / 5, _time), ct));
        // Last, so that what was said meanwhile is looked at as well.
        checks.Add(await MeasureAsync(await SecretsAsync(telemetry, tokens, ct), ct));
        return worker with
        {
            Checks = checks,
            Status = checks.Any(check => check.Status == EvidenceCheck.Fail) ? EvidenceCheck.Fail : EvidenceCheck.Pass,
            DurationMs = Elapsed(started),
        };
    }

    private string AppHostPath => AppHostPathOf(services.GetRequiredService<IConfiguration>());

    /// <summary>As the socket gives it.</summary>
    internal static string AppHostPathOf(IConfiguration configuration) => configuration["AppHost:FilePath"] ?? configuration["AppHost:Path"] ?? "";

    private static EvidenceCheck Skipped(string name, string reason) => new(name, "", EvidenceCheck.Skip, null, null, reason, 0, null);

    private async Task<EvidenceReport> AskWorkerAsync(Tokens tokens, CancellationToken ct)
    {
        using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.Timeout = Timeout.InfiniteTimeSpan; // the worker's checks have a limit
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{stack.Worker.Url}/api/evidence");
        request.Headers.TryAddWithoutValidation("Authorization", tokens.Plain);
        request.Headers.TryAddWithoutValidation("X-Floe-Limited-Token", tokens.Limited);
        request.Headers.TryAddWithoutValidation("X-Floe-Expired-Token", tokens.Expired);
        using var response = await http.SendAsync(request, ct);
        return response.IsSuccessStatusCode
            ? EvidenceReport.FromJson(await response.Content.ReadAsStringAsync(ct))
            : throw new DistributedApplicationException($"The worker gives no evidence ({(int)response.StatusCode}): {(await response.Content.ReadFromJsonAsync<JsonObject>(ct))?["detail"]}");
    }

    private SqlApiCheck SqlApi(string token, string password) => new(
        new()
        {
            Host = stack.Sql.Host, Port = stack.Sql.Port, Username = SqlApiBuilderExtensions.User, Password = password, Database = "cube", Pooling = false,
            Timeout = (int)Patience.TotalSeconds, CommandTimeout = (int)Patience.TotalSeconds,
        },
        stop => new CubeOrders(stack.Cube, services).CountAsync(token, stop));

    private async Task<SecretsCheck> SecretsAsync(DashboardTelemetry? telemetry, Tokens tokens, CancellationToken ct)
    {
        var (model, configuration) = (services.GetRequiredService<DistributedApplicationModel>(), services.GetRequiredService<IConfiguration>());
        List<(string, string)> secrets = [("token", tokens.Plain), ("limited token", tokens.Limited), ("expired token", tokens.Expired)];
        foreach (var parameter in model.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret))
            secrets.Add((parameter.Name, await ValueAsync(parameter, ct)));
        foreach (var key in new[] { "AppHost:OtlpApiKey", "AppHost:DashboardApiKey", "AppHost:BrowserToken", "AppHost:ResourceService:ApiKey" })
            secrets.Add((key, configuration[key] ?? ""));
        List<(string, Func<CancellationToken, Task<byte[]>>)> places = [("console logs", stop => ConsoleAsync(model, stop))];
        if (telemetry is not null)
            places.AddRange([("structured logs", stop => telemetry.AllAsync("logs", stop)), ("traces", stop => telemetry.AllAsync("spans", stop))]);
        return new(secrets, places);
    }

    private async Task<byte[]> ConsoleAsync(DistributedApplicationModel model, CancellationToken ct)
    {
        var (logs, text) = (services.GetRequiredService<ResourceLoggerService>(), new StringBuilder());
        foreach (var resource in model.Resources)
        {
            await foreach (var lines in logs.GetAllAsync(resource).WithCancellation(ct))
                foreach (var line in lines)
                    text.Append(line.Content).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private async Task<EvidenceCheck> MeasureAsync(IEvidenceCheck check, CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var (expected, actual) = await check.RunAsync(either.Token);
            return new(check.Name, check.Compared, expected == actual ? EvidenceCheck.Pass : EvidenceCheck.Fail, expected, actual, null, Elapsed(started), null);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            var reason = e is OperationCanceledException ? $"no result within {Patience.TotalSeconds:0} s" : e.Message;
            return new(check.Name, check.Compared, EvidenceCheck.Fail, null, null, reason, Elapsed(started), null);
        }
    }

    private double Elapsed(long started) => Math.Round(_time.GetElapsedTime(started).TotalMilliseconds, 1);

    private static async Task<string> ValueAsync(ParameterResource parameter, CancellationToken ct) =>
        await parameter.GetValueAsync(ct) ?? throw new DistributedApplicationException($"The parameter '{parameter.Name}' has no value; set Parameters:{parameter.Name}.");

    private sealed record Tokens(string Plain, string Limited, string Expired);
}
