using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs the model: every resource goes its own way at the same time, and waits only for what it asked for.</summary>
internal sealed class ApplicationOrchestrator(
    DistributedApplicationModel model,
    DcpSession dcp,
    DcpObserver observer,
    EndpointAllocator endpoints,
    ManagedResources managed,
    ResourceUrls urls,
    UnmanagedResources unmanaged,
    ChildStates children,
    Health.ResourceHealthMonitor health,
    ContainerRuntimeState containerRuntime,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILogger<ApplicationOrchestrator> logger) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var resources = model.Resources.ToList();
        foreach (var resource in resources.Where(r => r.RunsUnderDcp())) LifecycleCommands.Add(resource, managed);
        foreach (var resource in resources) await PublishInitialStateAsync(resource).ConfigureAwait(false);
        _background.Add(Background(children.FollowAsync));
        _background.Add(Background(health.MonitorAsync));
        if (resources.Exists(r => r.RunsUnderDcp())) await BeginDcpAsync(resources, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(resources.Select(r => RunAsync(r, cancellationToken))).ConfigureAwait(false);
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await dcp.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(_background).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await dcp.ShutdownAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task BeginDcpAsync(List<IResource> resources, CancellationToken cancellationToken)
    {
        if (resources.Exists(r => r.IsContainer())) await containerRuntime.DetectAsync(cancellationToken).ConfigureAwait(false);
        var client = await dcp.GetClientAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _background.Add(Background(token => endpoints.WatchAsync(client, token)));
        _background.Add(Background(token => observer.WatchExecutablesAsync(client, token)));
        if (!resources.Exists(r => r.IsContainer())) return;
        await ContainerNetwork.CreateAsync(client, services, cancellationToken).ConfigureAwait(false);
        _background.Add(Background(token => observer.WatchContainersAsync(client, token)));
    }

    private Task PublishInitialStateAsync(IResource resource) => notifications.PublishUpdateAsync(resource, s => resource.RunsUnderDcp()
        ? s with
        {
            CreationTimeStamp = s.CreationTimeStamp ?? DateTime.UtcNow,
            State = resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? KnownResourceStates.NotStarted : s.State ?? KnownResourceStates.Starting,
            Properties = s.Properties.With(ResourceSource.Properties(resource)),
        }
        : s with { CreationTimeStamp = s.CreationTimeStamp ?? DateTime.UtcNow });

    private async Task RunAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await eventing.PublishAsync(new InitializeResourceEvent(resource, eventing, loggers, notifications, services), EventDispatchBehavior.NonBlockingConcurrent, cancellationToken).ConfigureAwait(false);
            if (!resource.RunsUnderDcp())
            {
                await urls.PublishAsync(resource, cancellationToken).ConfigureAwait(false);
                await unmanaged.RunAsync(resource, cancellationToken).ConfigureAwait(false);
                return;
            }

            await endpoints.AllocateAsync(resource, cancellationToken).ConfigureAwait(false);
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
            await urls.PublishAsync(resource, cancellationToken).ConfigureAwait(false);
            if (resource is IResourceWithConnectionString) await unmanaged.AnnounceConnectionStringAsync(resource, cancellationToken).ConfigureAwait(false);
            if (!resource.HasAnnotationOfType<ExplicitStartupAnnotation>()) await managed.Get(resource).StartAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            await managed.FailAsync(resource, exception).ConfigureAwait(false);
        }
    }

    private Task Background(Func<CancellationToken, Task> work) => Task.Run(async () =>
    {
        try
        {
            await work(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // An application that nobody looks after is worse than none.
            logger.LogCritical(exception is DistributedApplicationException ? null : exception, "The application stops because it can no longer be supervised: {Reason}", exception.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    });
}
