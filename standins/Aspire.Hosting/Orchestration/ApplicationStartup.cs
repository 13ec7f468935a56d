using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// What comes before everything else: whatever would end the application later is refused now, DCP starts in the background,
/// and the handlers of <see cref="BeforeStartEvent"/> complete the model.
/// </summary>
internal sealed class ApplicationStartup(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IDistributedApplicationEventing eventing,
    IEnumerable<IDistributedApplicationEventingSubscriber> subscribers,
    DashboardEndpoints dashboard,
    DcpSession dcp,
    IConfiguration configuration,
    IServiceProvider services,
    ILogger<DistributedApplication> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        logger.LogInformation("Aspire AppHost version: {Version}", AspireVersion.Current);
        if (executionContext.IsRunMode)
        {
            logger.LogInformation("Distributed application starting.");
            logger.LogInformation("Application host directory is: {AppHostDirectory}", configuration["AppHost:Directory"]);
            DashboardEndpointsFactory.EnsureFixedPortsAreFree(dashboard, configuration);
            FixedPorts.EnsureFree(model, configuration);
            if (model.Resources.Any(r => r.RunsUnderDcp())) _ = dcp.GetClientAsync();
        }

        foreach (var subscriber in subscribers) await subscriber.SubscribeAsync(eventing, executionContext, cancellationToken).ConfigureAwait(false);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (executionContext.IsRunMode) logger.LogInformation("Distributed application started. Press Ctrl+C to shut down.");
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
