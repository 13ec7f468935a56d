using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>How the pipeline runs: configuration section <c>Pipeline</c>.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineOptions
{
    /// <summary>The configuration section.</summary>
    public const string Pipeline = nameof(Pipeline);

    /// <summary>The folder that publishing writes to (<c>--output-path</c>).</summary>
    public string? OutputPath { get; set; }

    /// <summary>The step to run with everything it depends on (<c>--step</c>).</summary>
    public string? Step { get; set; }

    /// <summary>The least level of step log lines that are shown (<c>--log-level</c>).</summary>
    public string? LogLevel { get; set; }

    /// <summary>Whether errors are shown with their stack traces (<c>--include-exception-details</c>).</summary>
    public bool IncludeExceptionDetails { get; set; }
}
