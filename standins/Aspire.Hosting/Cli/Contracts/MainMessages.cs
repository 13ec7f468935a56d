using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli.Contracts;

/// <summary>Answer to <c>GetDashboardUrlsAsync</c> of both sockets.</summary>
internal sealed record DashboardUrls(bool DashboardHealthy, string? BaseUrlWithLoginToken, string? CodespacesUrlWithLoginToken);

/// <summary>Answer to <c>GetPipelineStepsAsync</c>.</summary>
internal sealed record PipelineSteps(IReadOnlyList<PipelineStepInfo> Steps);

/// <summary>One step of the pipeline.</summary>
internal sealed record PipelineStepInfo(string Name, string? Description, IReadOnlyList<string> DependsOn, IReadOnlyList<string> Tags, string? ResourceName);

/// <summary>One line of the AppHost's own log.</summary>
internal sealed record AppHostLogEntry(EventId EventId, LogLevel LogLevel, string Message, DateTimeOffset Timestamp, string CategoryName);
