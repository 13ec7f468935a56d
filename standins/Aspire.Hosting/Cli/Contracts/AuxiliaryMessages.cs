using System.Text.Json;

namespace Aspire.Hosting.Cli.Contracts;

internal sealed record Capabilities([property: System.Text.Json.Serialization.JsonPropertyName("capabilities")] IReadOnlyList<string> Names);

internal sealed record AppHostInformation(string AppHostPath, int ProcessId, DateTimeOffset StartedAt, int? CliProcessId, string? CliLogFilePath);

internal sealed record AppHostInfo(string Pid, string AspireHostVersion, string AppHostPath, DateTimeOffset StartedAt, int? CliProcessId, string? CliLogFilePath);

internal sealed record DashboardInfo(IReadOnlyList<string> DashboardUrls, bool IsHealthy, string? ApiBaseUrl, string? ApiToken);

internal sealed record ResourceList(IReadOnlyList<ResourceInfo> Resources);

internal sealed record ConsoleLogsRequest(string? ResourceName, bool Follow, int? Tail, string? Search, bool? IncludeHidden);

internal sealed record ConsoleLogLine(string ResourceName, int LineNumber, string Content, bool IsError);

/// <summary>Several lines of one stream item.</summary>
internal sealed record ConsoleLogBatch(IReadOnlyList<ConsoleLogLine> Lines);

internal sealed record CommandRequest(string ResourceName, string CommandName, Dictionary<string, JsonElement>? Arguments, bool? NonInteractive, bool? ValidateOnly);

internal sealed record CommandResponse(bool Success, string? Message, bool Canceled, string? ErrorMessage, CommandValue? Value);

/// <param name="Value">The text.</param>
/// <param name="Format">0 text, 1 JSON, 2 Markdown.</param>
/// <param name="DisplayImmediately">Whether the dashboard would open it at once.</param>
internal sealed record CommandValue(string Value, int Format, bool DisplayImmediately);

internal sealed record WaitRequest(string ResourceName, string? Status, int? TimeoutSeconds);

internal sealed record WaitResponse(bool Success, string? State, string? HealthStatus, bool ResourceNotFound, bool TimedOut, string? ErrorMessage);

internal sealed record ReadyResponse(bool IsReady);

internal sealed record StopRequest(int? ExitCode);

internal sealed record StopResponse;
