using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Floe.AppHost.Startup;

/// <summary>
/// Watches the essential resources until all were healthy once. One that ends before that ends the AppHost: with its last words on standard error and
/// exit code 1. Afterwards the dashboard shows failures and restarts them, as in every Aspire application.
/// </summary>
internal sealed class StartGuard(
    EssentialResources essential,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : IHostedLifecycleService, IAsyncDisposable
{
    private const int LastWords = 12;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    // Before any StartAsync: starting the resources blocks while they wait for each other.
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
        var names = essential.Names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var waitingFor = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                if (!names.Contains(change.Resource.Name))
                    continue;
                // Also one that was healthy for a moment: the worker is ready to work before it has looked at the tables.
                if (KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text))
                    await GiveUpAsync(change, cancellationToken);
                else if (change.Snapshot.HealthStatus is HealthStatus.Healthy)
                    waitingFor.Remove(change.Resource.Name);
                if (waitingFor.Count == 0)
                    return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The AppHost stops.
        }
    }

    private async Task GiveUpAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var words = await ReadLastWordsAsync(change.Resource, cancellationToken);
        // A container runtime may hand over the log of what has ended a moment after the end.
        for (var asked = time.GetTimestamp(); words is [] && time.GetElapsedTime(asked) < s_patience; words = await ReadLastWordsAsync(change.Resource, cancellationToken))
            await Task.Delay(s_pause, time, cancellationToken);
        var exit = change.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "";
        await Console.Error.WriteLineAsync(
            $"Floe could not start: '{change.Resource.Name}' ended{exit} ({change.Snapshot.State?.Text}).{Environment.NewLine}{string.Join(Environment.NewLine, words)}");
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private async Task<IReadOnlyList<string>> ReadLastWordsAsync(IResource resource, CancellationToken cancellationToken)
    {
        List<LogLine> lines = [];
        await foreach (var batch in logs.GetAllAsync(resource).WithCancellation(cancellationToken))
            lines.AddRange(batch);
        var errors = lines.Where(line => line.IsErrorMessage).ToList();
        return [.. (errors is [] ? lines : errors).Select(line => WithoutTimestamp(line.Content)).Where(IsSaid).TakeLast(LastWords).Select(line => $"  {line}")];
    }

    // Frames of a stack trace say where, not why; the dashboard's console log has them.
    private static bool IsSaid(string line) => line.Trim() is { Length: > 0 } text && !text.StartsWith("at ", StringComparison.Ordinal) && !text.StartsWith("--- End of", StringComparison.Ordinal);

    private static string WithoutTimestamp(string line) =>
        line.IndexOf(' ') is > 0 and var space && DateTimeOffset.TryParse(line.AsSpan(0, space), out _) ? line[(space + 1)..] : line;
}
