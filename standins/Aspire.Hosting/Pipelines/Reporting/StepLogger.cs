using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines.Reporting;

/// <summary>A logger whose lines are shown with the step.</summary>
internal sealed class StepLogger(IReportingStep step) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        step.Log(logLevel, exception is null ? text : $"{text} {exception.Message}");
    }
}
