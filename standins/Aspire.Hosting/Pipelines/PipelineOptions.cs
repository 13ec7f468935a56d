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

    /// <exception cref="DistributedApplicationException"><see cref="LogLevel"/> is no level.</exception>
    internal Microsoft.Extensions.Logging.LogLevel LeastLevel() => LogLevel?.ToLowerInvariant() switch
    {
        null or "" => Microsoft.Extensions.Logging.LogLevel.Information,
        "info" => Microsoft.Extensions.Logging.LogLevel.Information,
        { } name => Enum.TryParse<Microsoft.Extensions.Logging.LogLevel>(name, ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : throw new DistributedApplicationException($"The log level '{LogLevel}' of --log-level is unknown; use trace, debug, information, warning, error, critical or none."),
    };
}
