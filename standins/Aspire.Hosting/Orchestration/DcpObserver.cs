using System.Collections.Concurrent;
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Turns what DCP reports into snapshots, logs and events.</summary>
internal sealed class DcpObserver(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    LogCollector logs,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ILogger<DistributedApplication> logger)
{
    // Reports about an object may still come when its successor of the same name is already on its way.
    private readonly ConcurrentDictionary<string, string> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _removed = new(StringComparer.Ordinal);

    /// <summary>What is reported about the instance's present object counts no more.</summary>
    public void Forget(string instance)
    {
        if (_objects.TryRemove(instance, out var uid)) _removed[uid] = true;
    }

    public async Task WatchExecutablesAsync(DcpClient client, CancellationToken cancellationToken)
    {
        await foreach (var item in DcpWatch.FollowAsync<ExecutableSpec, ExecutableStatus>(client, DcpKinds.Executable, cancellationToken).ConfigureAwait(false))
        {
            if (item.Type == "DELETED" || IsOutdated(item.Object.Metadata) || Find(item.Object.Metadata.Name) is not { } resource) continue;
            var (spec, status) = (item.Object.Spec, item.Object.Status);
            await UpdateAsync(client, resource, item.Object.Metadata, DcpKinds.Executable, new Observed(
                status?.State is "Terminated" ? KnownResourceStates.Finished : status?.State,
                status?.ExitCode,
                status?.StartupTimestamp,
                status?.FinishTimestamp,
                spec.Env,
                status?.EffectiveEnv,
                ResourceSource.ProcessProperties(resource, spec, status)), spec.Stop == true, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task WatchContainersAsync(DcpClient client, CancellationToken cancellationToken)
    {
        await foreach (var item in DcpWatch.FollowAsync<ContainerSpec, ContainerStatus>(client, DcpKinds.Container, cancellationToken).ConfigureAwait(false))
        {
            if (item.Type == "DELETED" || IsOutdated(item.Object.Metadata) || Find(item.Object.Metadata.Name) is not { } resource) continue;
            var (spec, status) = (item.Object.Spec, item.Object.Status);
            if (status is { State: "FailedToStart", Message: { Length: > 0 } message } && !IsShown(item.Object.Metadata.Name, KnownResourceStates.FailedToStart))
            {
                loggers.GetLogger(item.Object.Metadata.Name).LogError("{Message}", message);
            }

            await notifications.PublishUpdateAsync(resource, item.Object.Metadata.Name, s => s with { Volumes = [.. spec.VolumeMounts?.Select(m => new VolumeSnapshot(m.Source, m.Target, m.Type, m.ReadOnly)) ?? []] }).ConfigureAwait(false);
            await UpdateAsync(client, resource, item.Object.Metadata, DcpKinds.Container, new Observed(
                status?.State,
                status?.ExitCode,
                status?.StartupTimestamp,
                status?.FinishTimestamp,
                spec.Env,
                status?.EffectiveEnv,
                ResourceSource.ContainerProperties(spec, status)), spec.Stop == true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task UpdateAsync(DcpClient client, IResource resource, DcpMetadata metadata, string kind, Observed observed, bool stopping, CancellationToken cancellationToken)
    {
        var state = string.IsNullOrEmpty(observed.State) ? KnownResourceStates.Starting : observed.State;
        var ended = KnownResourceStates.TerminalStates.Contains(state);
        var news = !IsShown(metadata.Name, state);
        var uid = metadata.Uid ?? metadata.Name;
        if (ended) await logs.FinishAsync(client, kind, metadata.Name, uid, cancellationToken).ConfigureAwait(false);
        await notifications.PublishUpdateAsync(resource, metadata.Name, s => s with
        {
            // A resource that was told to stop does not run again because DCP has not got round to it yet.
            State = state == KnownResourceStates.Running && s.State?.Text == KnownResourceStates.Stopping ? s.State : new ResourceStateSnapshot(state, state == KnownResourceStates.FailedToStart ? KnownResourceStateStyles.Error : null),
            CreationTimeStamp = metadata.CreationTimestamp?.ToUniversalTime() ?? s.CreationTimeStamp,
            StartTimeStamp = observed.Started?.ToUniversalTime(),
            StopTimeStamp = observed.Finished?.ToUniversalTime(),
            ExitCode = ended && observed.ExitCode is not -1 ? observed.ExitCode : null, // -1: was stopped
            EnvironmentVariables = Environment(observed),
            Properties = s.Properties.With(observed.Properties),
            Urls = ResourceUrls.Activate(s.Urls, resource, state),
        }).ConfigureAwait(false);
        if (state is not ("Starting" or "Pending" or "Building")) logs.Follow(client, kind, metadata.Name, uid, cancellationToken);
        if (!ended || !news) return;
        if (state == KnownResourceStates.FailedToStart)
        {
            logger.LogError("Resource '{Resource}' failed to start; the reason is in its console log.", resource.Name);
        }
        else if (observed.ExitCode is not (null or 0 or -1) && !stopping)
        {
            logger.LogWarning("Resource '{Resource}' ended with exit code {ExitCode}.", resource.Name, observed.ExitCode);
        }

        if (notifications.TryGetCurrentState(metadata.Name, out var current))
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, current), EventDispatchBehavior.NonBlockingSequential, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsOutdated(DcpMetadata metadata)
    {
        if (metadata.Uid is not { } uid) return false;
        if (_removed.ContainsKey(uid)) return true;
        _objects[metadata.Name] = uid;
        return false;
    }

    private bool IsShown(string instance, string state) => notifications.TryGetCurrentState(instance, out var current) && current.Snapshot.State?.Text == state;

    private IResource? Find(string instance) => model.Resources.FirstOrDefault(r => r.RunsUnderDcp() && r.GetInstances().Any(i => i.Name == instance));

    private static ImmutableArray<EnvironmentVariableSnapshot> Environment(Observed observed)
    {
        var own = observed.Specified?.Select(e => e.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        return [.. (observed.Effective ?? observed.Specified ?? []).Select(e => new EnvironmentVariableSnapshot(e.Name, e.Value, own.Contains(e.Name))).OrderBy(e => e.Name, StringComparer.Ordinal)];
    }

    private sealed record Observed(
        string? State,
        int? ExitCode,
        DateTime? Started,
        DateTime? Finished,
        IReadOnlyList<DcpNameValue>? Specified,
        IReadOnlyList<DcpNameValue>? Effective,
        IEnumerable<ResourcePropertySnapshot> Properties);
}
