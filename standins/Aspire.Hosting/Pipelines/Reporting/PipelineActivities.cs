using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines.Reporting;

/// <summary>Shows what the pipeline does: as log lines, and as activities that the aspire CLI reads from its start on, however late it connects.</summary>
internal sealed class PipelineActivities(TimeProvider clock, ILogger logger, bool forCli, LogLevel leastLevel = LogLevel.Information)
{
    private readonly Channel<PipelineActivity> _activities = Channel.CreateUnbounded<PipelineActivity>();
    private int _lastId;

    /// <summary>All activities from the beginning to the end of the pipeline; for one reader.</summary>
    public IAsyncEnumerable<PipelineActivity> ReadAllAsync(CancellationToken cancellationToken) => _activities.Reader.ReadAllAsync(cancellationToken);

    public ReportingStep Begin(string name)
    {
        logger.LogInformation("({Step}) started", name);
        return new ReportingStep(this, NextId(), name);
    }

    public void Write(string step, LogLevel level, string text) => logger.Log(level, "({Step}) {Text}", step, text);

    public void Send(PipelineActivity activity)
    {
        if (forCli)
        {
            _activities.Writer.TryWrite(activity);
        }
    }

    /// <summary>Whether a step's line of this level is shown.</summary>
    public bool Shows(LogLevel level) => level >= leastLevel;

    public string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The last activity: the whole pipeline went well or not.</summary>
    public void Complete(string text, CompletionState state, PipelineSummary summary)
    {
        logger.Log(state == CompletionState.CompletedWithError ? LogLevel.Error : LogLevel.Information, "{Text}", text);
        foreach (var (key, value) in summary.Items)
        {
            logger.LogInformation("{Key}: {Value}", key, value);
        }

        Send(new(PipelineActivity.Complete, new()
        {
            Id = PipelineActivity.Complete,
            StatusText = text,
            CompletionState = state.ToString(),
            CompletionMessage = text,
            PipelineSummary = summary.Items.Count > 0 ? summary.Items : null,
        }));
        _activities.Writer.TryComplete();
    }
}
