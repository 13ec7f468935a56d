using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines.Reporting;

internal sealed class ReportingStep : IReportingStep
{
    private readonly PipelineActivities _activities;
    private readonly string _id;
    private bool _completed;

    public ReportingStep(PipelineActivities activities, string id, string name)
    {
        (_activities, _id, Name) = (activities, id, name);
        _activities.Send(new(PipelineActivity.Step, new() { Id = id, StatusText = name, Timestamp = activities.Now }));
    }

    public string Name { get; }

    public Task<IReportingTask> CreateTaskAsync(string statusText, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReportingTask>(new ReportingTask(_activities, this, _activities.NextId(), _id, statusText));

    public void Log(LogLevel logLevel, string message)
    {
        if (!_activities.Shows(logLevel))
        {
            return;
        }

        // A line that was asked for is shown, whatever the AppHost's own log leaves out.
        _activities.Write(Name, logLevel < LogLevel.Information ? LogLevel.Information : logLevel, message);
        _activities.Send(new(PipelineActivity.Log, new()
        {
            Id = _activities.NextId(),
            StatusText = message,
            StepId = _id,
            LogLevel = logLevel.ToString(),
            Timestamp = _activities.Now,
        }));
    }

    public Task CompleteAsync(string completionText, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default)
    {
        if (!_completed)
        {
            _completed = true;
            _activities.Write(Name, Level(completionState), completionText);
            _activities.Send(new(PipelineActivity.Step, new()
            {
                Id = _id,
                StatusText = completionText,
                CompletionState = completionState.ToString(),
                CompletionMessage = completionText,
                Timestamp = _activities.Now,
            }));
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await CompleteAsync($"{Name} completed").ConfigureAwait(false);

    internal static LogLevel Level(CompletionState state) => state switch
    {
        CompletionState.CompletedWithError => LogLevel.Error,
        CompletionState.CompletedWithWarning => LogLevel.Warning,
        _ => LogLevel.Information,
    };
}
