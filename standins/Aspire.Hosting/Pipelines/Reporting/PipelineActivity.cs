namespace Aspire.Hosting.Pipelines.Reporting;

/// <summary>One event of the pipeline as the aspire CLI reads it.</summary>
/// <param name="Type"><c>step</c>, <c>task</c>, <c>log</c> or <c>publish-complete</c>.</param>
/// <param name="Data">What happened.</param>
internal sealed record PipelineActivity(string Type, PipelineActivityData Data)
{
    public const string Step = "step", Task = "task", Log = "log", Complete = "publish-complete";
}

/// <summary>The content of a <see cref="PipelineActivity"/>.</summary>
internal sealed record PipelineActivityData
{
    public required string Id { get; init; }

    public required string StatusText { get; init; }

    public string CompletionState { get; init; } = nameof(Pipelines.CompletionState.InProgress);

    public bool IsComplete => CompletionState != nameof(Pipelines.CompletionState.InProgress);

    public bool IsError => CompletionState == nameof(Pipelines.CompletionState.CompletedWithError);

    public bool IsWarning => CompletionState == nameof(Pipelines.CompletionState.CompletedWithWarning);

    public string? StepId { get; init; }

    public string? ParentStepId { get; init; }

    public int? HierarchyLevel { get; init; }

    public string? CompletionMessage { get; init; }

    public string? LogLevel { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public bool EnableMarkdown { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>>? PipelineSummary { get; init; }
}
