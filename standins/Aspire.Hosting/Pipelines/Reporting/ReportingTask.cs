namespace Aspire.Hosting.Pipelines.Reporting;

internal sealed class ReportingTask : IReportingTask
{
    private readonly PipelineActivities _activities;
    private readonly ReportingStep _step;
    private readonly string _id;
    private readonly string _stepId;
    private string _statusText;
    private bool _completed;

    public ReportingTask(PipelineActivities activities, ReportingStep step, string id, string stepId, string statusText)
    {
        (_activities, _step, _id, _stepId, _statusText) = (activities, step, id, stepId, statusText);
        Send(CompletionState.InProgress, null);
    }

    public Task UpdateAsync(string statusText, CancellationToken cancellationToken = default)
    {
        _statusText = statusText;
        Send(CompletionState.InProgress, null);
        return Task.CompletedTask;
    }

    public Task CompleteAsync(string? completionMessage = null, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default)
    {
        if (!_completed)
        {
            _completed = true;
            _activities.Write(_step.Name, ReportingStep.Level(completionState), completionMessage ?? _statusText);
            Send(completionState, completionMessage);
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await CompleteAsync().ConfigureAwait(false);

    private void Send(CompletionState state, string? message) => _activities.Send(new(PipelineActivity.Task, new()
    {
        Id = _id,
        StatusText = _statusText,
        CompletionState = state.ToString(),
        StepId = _stepId,
        CompletionMessage = message,
        Timestamp = _activities.Now,
    }));
}
