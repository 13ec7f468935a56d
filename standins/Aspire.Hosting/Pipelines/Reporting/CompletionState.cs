namespace Aspire.Hosting.Pipelines;

/// <summary>How far a step or task is.</summary>
public enum CompletionState
{
    InProgress = 0,
    Completed = 1,
    CompletedWithWarning = 2,
    CompletedWithError = 3,
}
