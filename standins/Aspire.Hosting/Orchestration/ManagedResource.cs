using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts and stops the instances of one resource. A restart keeps the instance's name, its row and its public ports.</summary>
internal sealed class ManagedResource(
    IResource resource,
    DcpSession dcp,
    DcpObjectFactory objects,
    DcpObserver observer,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    IServiceProvider services,
    ManagedResources all)
{
    private static readonly string[] Stopped = [KnownResourceStates.Finished, KnownResourceStates.Exited, KnownResourceStates.FailedToStart, KnownResourceStates.NotStarted];
    private readonly SemaphoreSlim _one = new(1, 1);
    private TaskCompletionSource? _skipWaiting;

    private string Kind => resource.IsContainer() ? DcpKinds.Container : DcpKinds.Executable;

    /// <summary>The first start, with the application.</summary>
    public Task StartAllAsync(CancellationToken cancellationToken) => StartAsync(resource.GetInstances(), cancellationToken);

    /// <summary>Starts one instance; one that is waiting starts at once.</summary>
    public async Task StartAsync(string instance, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _skipWaiting) is { } skip)
        {
            skip.TrySetResult();
            return;
        }

        try
        {
            await StartAsync([.. resource.GetInstances().Where(i => i.Name == instance)], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await all.FailAsync(resource, exception).ConfigureAwait(false);
            throw;
        }
    }

    public async Task StopAsync(string instance, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var client = await dcp.GetClientAsync().ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, instance, s => s with { State = KnownResourceStates.Stopping }).ConfigureAwait(false);
            if (await client.StopAsync(Kind, instance, cancellationToken).ConfigureAwait(false))
            {
                await notifications.WaitForResourceAsync(instance, e => e.Snapshot.State is { } state && Stopped.Contains(state.Text), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task RestartAsync(string instance, CancellationToken cancellationToken)
    {
        await StopAsync(instance, cancellationToken).ConfigureAwait(false);
        await StartAsync(instance, cancellationToken).ConfigureAwait(false);
    }

    private async Task StartAsync(ImmutableArray<ResourceInstance> instances, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken).ConfigureAwait(false);
            await WaitForDependenciesAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(instances.Select(i => CreateAsync(i, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WaitForDependenciesAsync(CancellationToken cancellationToken)
    {
        if (!resource.HasAnnotationOfType<WaitAnnotation>()) return;
        var skip = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Volatile.Write(ref _skipWaiting, skip);
        try
        {
            var waiting = notifications.WaitForDependenciesAsync(resource, stopWaiting.Token);
            if (await Task.WhenAny(waiting, skip.Task).ConfigureAwait(false) == waiting)
            {
                await waiting.ConfigureAwait(false);
                return;
            }

            await stopWaiting.CancelAsync().ConfigureAwait(false);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Volatile.Write(ref _skipWaiting, null);
        }
    }

    private async Task CreateAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        observer.Forget(instance.Name);
        await notifications.PublishUpdateAsync(resource, instance.Name, s => s with
        {
            State = KnownResourceStates.Starting,
            StartTimeStamp = null,
            StopTimeStamp = null,
            ExitCode = null,
            HealthReports = [],
            ResourceReady = null,
        }).ConfigureAwait(false);
        var client = await dcp.GetClientAsync().ConfigureAwait(false);
        // A stopped object cannot run again; its name can.
        await client.DeleteAsync(Kind, instance.Name, cancellationToken).ConfigureAwait(false);
        await objects.CreateAsync(client, resource, instance, cancellationToken).ConfigureAwait(false);
    }
}
