using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Resources that DCP does not run: parameters, connection strings, external services, and whatever the AppHost made up.</summary>
internal sealed class UnmanagedResources(
    DistributedApplicationModel model,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IServiceProvider services)
{
    public Task RunAsync(IResource resource, CancellationToken cancellationToken) => resource switch
    {
        IResourceWithConnectionString and (ParameterResource or ConnectionStringResource) => RunConnectionStringAsync(resource, cancellationToken),
        ParameterResource parameter => RunParameterAsync(parameter, cancellationToken),
        ExternalServiceResource external => RunExternalServiceAsync(external, cancellationToken),
        IResourceWithConnectionString when resource is not IResourceWithParent => AnnounceConnectionStringAsync(resource, cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>For the resource and for the parts of it that have no life of their own.</summary>
    public async Task AnnounceConnectionStringAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (resource is IResourceWithConnectionString withConnection)
        {
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken).ConfigureAwait(false);
            await ShowConnectionStringAsync(withConnection, cancellationToken).ConfigureAwait(false);
        }

        foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(c => ReferenceEquals(c.Parent, resource) && !c.RunsUnderDcp()))
        {
            await AnnounceConnectionStringAsync(child, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ShowConnectionStringAsync(IResourceWithConnectionString resource, CancellationToken cancellationToken)
    {
        var value = await resource.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        await notifications.PublishUpdateAsync(resource, s => s with
        {
            Properties = s.Properties.With(new ResourcePropertySnapshot(KnownProperties.Resource.ConnectionString, value) { IsSensitive = true }),
        }).ConfigureAwait(false);
    }

    private async Task RunParameterAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        try
        {
            var value = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
            await PublishAsync(parameter, KnownResourceStates.Running, null, value, parameter.Secret).ConfigureAwait(false);
        }
        catch (MissingParameterValueException exception)
        {
            loggers.GetLogger(parameter).LogError("{Message}", exception.Message);
            await PublishAsync(parameter, KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn, exception.Message, secret: false).ConfigureAwait(false);
        }
    }

    private Task PublishAsync(ParameterResource parameter, string state, string? style, string? value, bool secret) => notifications.PublishUpdateAsync(parameter, s => s with
    {
        State = new ResourceStateSnapshot(state, style),
        Properties = s.Properties.With(new ResourcePropertySnapshot(KnownProperties.Parameter.Value, value) { DisplayName = "Value", IsHighlighted = true, IsSensitive = secret, SortOrder = 0 }),
    });

    private async Task RunConnectionStringAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await AnnounceConnectionStringAsync(resource, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running }).ConfigureAwait(false);
        }
        catch (MissingParameterValueException exception)
        {
            loggers.GetLogger(resource).LogError("{Message}", exception.Message);
            await notifications.PublishUpdateAsync(resource, s => s with { State = new ResourceStateSnapshot(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn) }).ConfigureAwait(false);
        }
    }

    private async Task RunExternalServiceAsync(ExternalServiceResource service, CancellationToken cancellationToken)
    {
        try
        {
            var uri = await service.GetUriAsync(cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(service, s => s with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = DateTime.UtcNow,
                Urls = s.Urls.Add(new UrlSnapshot(null, uri.ToString(), false)),
            }).ConfigureAwait(false);
        }
        catch (DistributedApplicationException exception)
        {
            loggers.GetLogger(service).LogError("{Message}", exception.Message);
            await notifications.PublishUpdateAsync(service, s => s with { State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) }).ConfigureAwait(false);
        }
    }
}
