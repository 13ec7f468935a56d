namespace Floe.Tests.Telemetry;

/// <summary>A log record as it was sent.</summary>
internal sealed record OtlpLog(string Service, string Category, string Severity, string Body);
