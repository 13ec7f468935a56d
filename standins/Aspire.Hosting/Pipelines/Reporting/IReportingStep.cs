using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>Reports the progress of one step.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IReportingStep : IAsyncDisposable
{
    /// <summary>Opens a part of the step.</summary>
    Task<IReportingTask> CreateTaskAsync(string statusText, CancellationToken cancellationToken = default);

    /// <summary>Shows a line with the step.</summary>
    void Log(LogLevel logLevel, string message);

    Task CompleteAsync(string completionText, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default);
}

/// <summary>Reports the progress of a part of a step.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IReportingTask : IAsyncDisposable
{
    Task UpdateAsync(string statusText, CancellationToken cancellationToken = default);

    Task CompleteAsync(string? completionMessage = null, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default);
}
