using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli.Contracts;
using Aspire.Hosting.Cli.JsonRpc;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli;

/// <summary>The socket whose path the CLI chose when it started this AppHost: <c>aspire run</c>, <c>publish</c>, <c>do</c>.</summary>
internal sealed class MainBackchannel(
    CliSession session,
    DashboardStatus dashboard,
    PipelineActivities activities,
    DistributedApplicationPipeline pipeline,
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IServiceProvider services,
    AppHostShutdown shutdown,
    AppHostLogFeed log,
    ILogger<MainBackchannel> logger) : IHostedService
{
    private static readonly JsonSerializerOptions PascalCase = new();

    private JsonRpcSocketServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (session.MainSocketPath is { } path)
        {
            _server = JsonRpcSocketServer.Start(path, Methods(), logger);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal JsonRpcMethods Methods() => new JsonRpcMethods(PascalCase)
        .Add<string[]>("GetCapabilitiesAsync", _ => Task.FromResult<string[]>(["baseline.v2", "pipeline-steps.v1"]))
        .Add("GetDashboardUrlsAsync", dashboard.GetUrlsAsync)
        .AddStream("GetAppHostLogEntriesAsync", log.ReadAllAsync)
        .AddAction("NotifyAppHostReadyAsync", () => { })
        .AddAction("RequestStopAsync", () => shutdown.Request())
        .AddStream("GetPublishingActivitiesAsync", activities.ReadAllAsync)
        .Add("GetPipelineStepsAsync", GetPipelineStepsAsync);

    private async Task<PipelineSteps> GetPipelineStepsAsync(CancellationToken cancellationToken)
    {
        var graph = await pipeline.CreateGraphAsync(new PipelineContext(model, executionContext, services, logger, cancellationToken)).ConfigureAwait(false);
        return new PipelineSteps([.. graph.Steps.Select(s => new PipelineStepInfo(s.Name, s.Description, graph.DependenciesOf(s.Name), s.Tags, s.Resource?.Name))]);
    }
}
