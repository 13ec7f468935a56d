using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>One run of ordered steps: each starts when all it depends on have ended; the first failure stops the rest.</summary>
internal sealed class PipelineRun(PipelineGraph graph, PipelineContext context, PipelineActivities activities, PipelineOptions options, CancellationTokenSource stop)
{
    private readonly Dictionary<string, Task> _started = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private (string Step, Exception Error)? _failure;

    /// <exception cref="DistributedApplicationException">A step failed; names the first.</exception>
    public async Task ExecuteAsync(IReadOnlyList<PipelineStep> order)
    {
        foreach (var step in order)
        {
            Task[] before = [.. graph.DependenciesOf(step.Name).Select(name => _started[name])];
            _started[step.Name] = ExecuteAfterAsync(step, before);
        }

        await Task.WhenAll(_started.Values).ConfigureAwait(false);
        if (_failure is { } failure)
        {
            throw new DistributedApplicationException($"The pipeline step '{failure.Step}' failed: {failure.Error.Message}", failure.Error);
        }

        stop.Token.ThrowIfCancellationRequested();
    }

    private async Task ExecuteAfterAsync(PipelineStep step, Task[] before)
    {
        await Task.WhenAll(before).ConfigureAwait(false);
        if (stop.IsCancellationRequested)
        {
            return;
        }

        var reporting = activities.Begin(step.Name);
        try
        {
            await step.Action(new PipelineStepContext { PipelineContext = context, ReportingStep = reporting }).ConfigureAwait(false);
            await reporting.DisposeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await reporting.CompleteAsync($"{step.Name} was cancelled", CompletionState.CompletedWithError, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                _failure ??= (step.Name, error);
            }

            if (options.IncludeExceptionDetails)
            {
                reporting.Log(LogLevel.Error, error.ToString());
            }

            await reporting.CompleteAsync(error.Message, CompletionState.CompletedWithError, CancellationToken.None).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }
}
