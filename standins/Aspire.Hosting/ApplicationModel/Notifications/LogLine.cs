namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's console; it may begin with an RFC 3339 timestamp and a space.</summary>
/// <param name="LineNumber">Counts from 1.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
