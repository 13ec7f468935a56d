using System.Collections.Concurrent;
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Health;

/// <summary>
/// Checks every running resource: often until it is healthy for the first time, since others wait for that, then every 30 s,
/// and with growing pauses while it is not healthy.
/// </summary>
internal sealed class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    TimeProvider time,
    IServiceProvider services,
    ILogger<ResourceHealthMonitor> logger)
{
    private static readonly TimeSpan UntilHealthy = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EagerTime = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<IResource, CancellationTokenSource> _running = new();

    public async Task MonitorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (item.Snapshot.State?.Text == KnownResourceStates.Running)
                {
                    if (_running.ContainsKey(item.Resource)) continue;
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    _running[item.Resource] = stop;
                    _ = Task.Run(() => CheckAsync(item.Resource, stop.Token), cancellationToken);
                }
                else if (!AnyOtherRuns(item) && _running.TryRemove(item.Resource, out var stop))
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                    stop.Dispose();
                }
            }
        }
        finally
        {
            foreach (var stop in _running.Values) await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    // This one does not, as the event says: by now it may run again, after a restart, and is to be checked anew.
    private bool AnyOtherRuns(ResourceEvent item) =>
        item.Resource.GetInstanceNames().Any(id => id != item.ResourceId && notifications.TryGetCurrentState(id, out var current) && current.Snapshot.State?.Text == KnownResourceStates.Running);

    private async Task CheckAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var keys = resource.GetHealthCheckKeys().ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (keys.Count == 0)
            {
                await BecomeReadyAsync(resource, cancellationToken).ConfigureAwait(false);
                return;
            }

            var started = time.GetTimestamp();
            var (ready, failures) = (false, 0);
            while (true)
            {
                var healthy = await CheckOnceAsync(resource, keys, cancellationToken).ConfigureAwait(false);
                failures = healthy ? 0 : failures + 1;
                if (healthy && !ready)
                {
                    ready = true;
                    await BecomeReadyAsync(resource, cancellationToken).ConfigureAwait(false);
                }

                var pause = healthy ? WhileHealthy
                    : !ready && time.GetElapsedTime(started) < EagerTime ? UntilHealthy
                    : TimeSpan.FromSeconds(Math.Min(failures, 5));
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "The health of resource '{Resource}' is no longer checked.", resource.Name);
        }
    }

    private async Task<bool> CheckOnceAsync(IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow().UtcDateTime;
        ImmutableArray<HealthReportSnapshot> reports =
        [
            .. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString()) { LastRunAt = now }
                : new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check is registered with the key '{key}'; add it with builder.Services.AddHealthChecks().", null) { LastRunAt = now }),
        ];
        cancellationToken.ThrowIfCancellationRequested();
        // While nothing changes, ten updates a second would only be noise for the watchers.
        await notifications.PublishUpdateAsync(resource, s => Same(s.HealthReports, reports) ? s : s with { HealthReports = reports }).ConfigureAwait(false);
        return Array.TrueForAll([.. reports], r => r.Status == HealthStatus.Healthy);
    }

    private static bool Same(ImmutableArray<HealthReportSnapshot> old, ImmutableArray<HealthReportSnapshot> reports) =>
        old.Length == reports.Length
        && old.Zip(reports).All(p => p.First.Name == p.Second.Name && p.First.Status == p.Second.Status && p.First.Description == p.Second.Description
            && p.Second.LastRunAt - p.First.LastRunAt < TimeSpan.FromSeconds(5));

    private Task BecomeReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        var ready = eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        _ = ready.ContinueWith(t => logger.LogError(t.Exception!.InnerException, "A ResourceReady handler of resource '{Resource}' failed.", resource.Name),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return notifications.PublishUpdateAsync(resource, s => s with { ResourceReady = ready });
    }
}
