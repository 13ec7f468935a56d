using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Runs the real Aspire dashboard beside the AppHost and says when it can be opened.</summary>
internal sealed class DashboardProcess(
    DashboardEndpoints endpoints,
    DashboardStatus status,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    private const int RememberedLines = 20;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(60);

    private readonly ILogger _announcements = loggers.CreateLogger("Aspire.Hosting.DistributedApplication");
    private readonly ILogger _logger = loggers.CreateLogger("Aspire.Hosting.Dashboard");
    private readonly ConcurrentQueue<string> _lastErrors = new();
    private readonly CancellationTokenSource _stop = new();
    private Process? _process;
    private Task _watching = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (endpoints is not { Enabled: true, Frontend: { } frontend })
        {
            return Task.CompletedTask;
        }

        var file = DashboardExecutable.Find(configuration);
        _process = Start(file);
        _watching = WatchAsync(_process, frontend);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true); // it keeps nothing that a slower end would save
        }

        await _watching.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _process?.Dispose();
        _stop.Dispose();
    }

    private Process Start(string file)
    {
        var start = new ProcessStartInfo(file, ["dashboard"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(file),
        };
        start.Environment.Clear();
        foreach (var (name, value) in DashboardEnvironment.Create(endpoints, configuration))
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start) ?? throw new DistributedApplicationException($"The dashboard '{file}' did not start.");
            process.OutputDataReceived += (_, line) => Forward(line.Data);
            process.ErrorDataReceived += (_, line) => Forward(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new DistributedApplicationException($"The dashboard '{file}' cannot be started ({error.Message}); remove node_modules and build again to reinstall it.", error);
        }
    }

    private void Forward(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        var line = DashboardLogLine.Parse(text, [endpoints.BrowserToken, endpoints.OtlpApiKey, endpoints.ResourceServiceApiKey, endpoints.DashboardApiKey]);
        if (line.Level >= LogLevel.Warning)
        {
            _lastErrors.Enqueue(line.Message);
            while (_lastErrors.Count > RememberedLines && _lastErrors.TryDequeue(out _))
            {
            }
        }

        // What the dashboard says about itself is news for its developers only.
        _logger.Log(line.Level == LogLevel.Information ? LogLevel.Debug : line.Level, "{Category}: {Message}", line.Category.Length > 0 ? line.Category : "dashboard", line.Message);
    }

    private async Task WatchAsync(Process process, Uri frontend)
    {
        try
        {
            if (await WaitUntilReadyAsync(process, frontend).ConfigureAwait(false))
            {
                status.Report(healthy: true);
                _announcements.LogInformation("Now listening on: {Url}", frontend.GetLeftPart(UriPartial.Authority));
                _announcements.LogInformation(endpoints.BrowserToken is null ? "Open the dashboard at {Url}" : "Login to the dashboard at {Url}", status.LoginUrl);
            }

            await process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                _logger.LogError("The dashboard ended with exit code {ExitCode}; the application goes on without it. Its last words: {Lines}",
                    process.ExitCode, _lastErrors.IsEmpty ? "none" : string.Join(" | ", _lastErrors));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // the AppHost stops
        }
        finally
        {
            status.Report(healthy: false); // only counts when it never was healthy
        }
    }

    private async Task<bool> WaitUntilReadyAsync(Process process, Uri frontend)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true }, // asked is only whether the own child answers
        });
        var start = clock.GetTimestamp();
        while (!process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(frontend, "/login"), HttpCompletionOption.ResponseHeadersRead, _stop.Token).ConfigureAwait(false);
                return true;
            }
            catch (HttpRequestException)
            {
                // not yet listening
            }

            if (clock.GetElapsedTime(start) > Patience)
            {
                _logger.LogError("The dashboard does not answer at {Url} after {Seconds} s; the application goes on without it.", frontend, Patience.TotalSeconds);
                return false;
            }

            await Task.Delay(PollInterval, clock, _stop.Token).ConfigureAwait(false);
        }

        return false;
    }
}
