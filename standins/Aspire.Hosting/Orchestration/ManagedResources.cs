using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>The resources that DCP runs.</summary>
internal sealed class ManagedResources(
    DcpSession dcp,
    DcpObjectFactory objects,
    DcpObserver observer,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IServiceProvider services,
    ILogger<DistributedApplication> logger)
{
    private readonly ConcurrentDictionary<IResource, ManagedResource> _resources = new();

    public ManagedResource Get(IResource resource) => _resources.GetOrAdd(resource, r => new ManagedResource(r, dcp, objects, observer, eventing, notifications, services, this));

    /// <summary>Shows that a resource cannot start, with the reason in its own log and in that of the AppHost.</summary>
    public async Task FailAsync(IResource resource, Exception exception)
    {
        var known = exception is DistributedApplicationException;
        loggers.GetLogger(resource).LogError(known ? null : exception, "{Message}", exception.Message);
        logger.LogError(known ? null : exception, "Resource '{Resource}' failed to start: {Message}", resource.Name, exception.Message);
        await notifications.PublishUpdateAsync(resource, s => s with { State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) }).ConfigureAwait(false);
    }
}
