using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Floe.AppHost.Startup;

/// <summary>
/// Ends the AppHost when the <c>dotnet run</c> that waits for it was killed: SIGTERM and Ctrl-C it passes on, SIGKILL it cannot. A stack that is meant to
/// go on alone (nohup, setsid, the aspire CLI in the background) keeps its <c>dotnet run</c>, or never had one.
/// </summary>
internal sealed class DotnetRunGuard(DotnetRun parent, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DotnetRunGuard> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    // Before any StartAsync: starting the resources takes its time.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _watching = WatchAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (!parent.HasEnded)
                await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the AppHost stops
        }
        logger.LogWarning("The 'dotnet run' that started Floe (process {ProcessId}) was killed; Floe stops, so that nothing is left behind.", parent.ProcessId);
        lifetime.StopApplication();
    }
}
