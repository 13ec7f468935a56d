using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>Runs the pipeline when the AppHost was started to publish, then ends the AppHost; the exit code tells how it went.</summary>
internal sealed class PipelineExecutor(
    DistributedApplicationPipeline pipeline,
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    PipelineActivities activities,
    IServiceProvider services,
    CliSession session,
    IHostApplicationLifetime lifetime,
    ILogger<PipelineExecutor> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!executionContext.IsPublishMode)
        {
            return;
        }

        await StartedAsync(stoppingToken).ConfigureAwait(false);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        var context = new PipelineContext(model, executionContext, services, logger, stoppingToken);
        try
        {
            await pipeline.ExecuteAsync(context).ConfigureAwait(false);
            activities.Complete("The pipeline completed.", CompletionState.Completed, context.Summary);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Environment.ExitCode = 1;
            activities.Complete("The pipeline was cancelled.", CompletionState.CompletedWithError, context.Summary);
            return;
        }
        catch (Exception error)
        {
            Environment.ExitCode = 1;
            logger.LogDebug(error, "The pipeline failed.");
            activities.Complete(error.Message, CompletionState.CompletedWithError, context.Summary);
        }

        // The aspire CLI reads the last activities first and then asks the AppHost to stop.
        if (session.MainSocketPath is null)
        {
            lifetime.StopApplication();
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await using var onStopping = stoppingToken.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await started.Task.ConfigureAwait(false);
    }
}
