using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>Waits until the resource is in the state (default: Running).</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState], cancellationToken);

    /// <summary>Waits for one of the states and says which it was.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } state && states.Contains(state.Text), cancellationToken).ConfigureAwait(false);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits for a snapshot; the name is that of the resource or of one instance.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        ArgumentNullException.ThrowIfNull(predicate);
        await foreach (var item in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            var named = string.Equals(item.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) || string.Equals(item.ResourceId, resourceName, StringComparison.OrdinalIgnoreCase);
            if (named && predicate(item)) return item;
        }

        throw new OperationCanceledException($"The application ended while waiting for the resource '{resourceName}'.");
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <exception cref="DistributedApplicationException">The resource cannot become healthy any more and the behavior is to stop.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.HealthStatus == HealthStatus.Healthy || Gone(e, waitBehavior), cancellationToken).ConfigureAwait(false);
        if (found.Snapshot.HealthStatus != HealthStatus.Healthy)
        {
            throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it {Ending(found.Snapshot)}.");
        }

        return await WaitForReadyAsync(found, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for everything that <c>WaitFor</c> and its relatives named; the resource is shown as waiting meanwhile.</summary>
    /// <exception cref="DistributedApplicationException">A dependency is gone and the wait is not to go on.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().Where(w => w.Resource is not IResourceWithoutLifetime).ToList();
        if (waits.Count == 0) return;
        var open = waits.SelectMany(w => w.Resource.GetInstanceNames()).Distinct().ToImmutableList();
        Task ShowAsync() => PublishUpdateAsync(resource, s => s with
        {
            State = KnownResourceStates.Waiting,
            Properties = s.Properties.With(new ResourcePropertySnapshot(KnownProperties.Resource.WaitingFor, Volatile.Read(ref open))),
        });
        await ShowAsync().ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        async Task WaitAsync(WaitAnnotation wait)
        {
            try
            {
                foreach (var instance in wait.Resource.GetInstanceNames()) await WaitForInstanceAsync(resource, instance, wait, stop.Token).ConfigureAwait(false);
            }
            catch (DistributedApplicationException)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }

            ImmutableInterlocked.Update(ref open, static (list, done) => list.RemoveAll(done.Contains), wait.Resource.GetInstanceNames().ToHashSet());
            if (!open.IsEmpty) await ShowAsync().ConfigureAwait(false);
        }

        var tasks = waits.ConvertAll(WaitAsync);
        try
        {
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch (Exception) when (tasks.Find(t => t.Exception?.InnerException is DistributedApplicationException) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }
        finally
        {
            await PublishUpdateAsync(resource, s => s with { Properties = s.Properties.Without(KnownProperties.Resource.WaitingFor) }).ConfigureAwait(false);
        }
    }

    private Task WaitForInstanceAsync(IResource resource, string instance, WaitAnnotation wait, CancellationToken cancellationToken) => wait.WaitType switch
    {
        WaitType.WaitForCompletion => WaitForCompletionAsync(resource, instance, wait, cancellationToken),
        _ => WaitUntilStartedAsync(resource, instance, wait, cancellationToken),
    };

    private async Task WaitUntilStartedAsync(IResource resource, string instance, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var log = _loggers.GetLogger(resource);
        var dependency = wait.Resource.Name;
        var behavior = wait.WaitBehavior ?? DefaultWaitBehavior;
        log.LogInformation("Waiting for resource '{ResourceName}' to enter the '{State}' state.", dependency, KnownResourceStates.Running);
        var found = await WaitForResourceAsync(instance, e => e.Snapshot.State?.Text == KnownResourceStates.Running || Gone(e, behavior), cancellationToken).ConfigureAwait(false);
        ThrowIfGone(resource, dependency, found.Snapshot);
        if (wait.WaitType == WaitType.WaitUntilHealthy)
        {
            if (found.Snapshot.HealthReports.Length > 0)
            {
                log.LogInformation("Waiting for resource '{ResourceName}' to become healthy.", dependency);
                found = await WaitForResourceAsync(instance, e => e.Snapshot.HealthStatus == HealthStatus.Healthy || Gone(e, behavior), cancellationToken).ConfigureAwait(false);
                ThrowIfGone(resource, dependency, found.Snapshot);
            }

            log.LogInformation("Waiting for resource ready to execute for '{ResourceName}'.", dependency);
            await WaitForReadyAsync(found, cancellationToken).ConfigureAwait(false);
        }

        log.LogInformation("Finished waiting for resource '{ResourceName}'.", dependency);
    }

    private async Task WaitForCompletionAsync(IResource resource, string instance, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var log = _loggers.GetLogger(resource);
        var dependency = wait.Resource.Name;
        log.LogInformation("Waiting for resource '{ResourceName}' to complete.", dependency);
        // The exit code may come with a later update than the state.
        var found = await WaitForResourceAsync(instance, e => IsTerminal(e.Snapshot) && (e.Snapshot.ExitCode is not null || e.Snapshot.StopTimeStamp is not null || e.Snapshot.State?.Text == KnownResourceStates.FailedToStart), cancellationToken).ConfigureAwait(false);
        if (found.Snapshot.State?.Text == KnownResourceStates.FailedToStart)
        {
            throw Stopped(resource, dependency, found.Snapshot);
        }

        if (found.Snapshot.ExitCode != wait.ExitCode)
        {
            throw new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{dependency}' because it completed with exit code {found.Snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} where {wait.ExitCode} was expected.");
        }

        log.LogInformation("Finished waiting for resource '{ResourceName}'.", dependency);
    }

    private async Task<ResourceEvent> WaitForReadyAsync(ResourceEvent found, CancellationToken cancellationToken)
    {
        var ready = found.Snapshot.ResourceReady is not null
            ? found
            : await WaitForResourceAsync(found.ResourceId, e => e.Snapshot.ResourceReady is not null, cancellationToken).ConfigureAwait(false);
        await ready.Snapshot.ResourceReady!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return ready;
    }

    private static bool IsTerminal(CustomResourceSnapshot snapshot) => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private static bool Gone(ResourceEvent item, WaitBehavior behavior) => behavior == WaitBehavior.StopOnResourceUnavailable && IsGone(item.Snapshot);

    private static bool IsGone(CustomResourceSnapshot snapshot) => IsTerminal(snapshot) || snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy;

    private static void ThrowIfGone(IResource resource, string dependency, CustomResourceSnapshot snapshot)
    {
        if (IsGone(snapshot)) throw Stopped(resource, dependency, snapshot);
    }

    private static DistributedApplicationException Stopped(IResource resource, string dependency, CustomResourceSnapshot snapshot) =>
        new($"Resource '{resource.Name}' stopped waiting for dependency resource '{dependency}' because it {Ending(snapshot)}.");

    private static string Ending(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.FailedToStart
        ? "failed to start"
        : $"entered the '{snapshot.State?.Text}' state prematurely";
}
