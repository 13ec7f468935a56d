using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Cli;

/// <summary>What the aspire CLI told the AppHost that it started; all empty when somebody else did.</summary>
internal sealed record CliSession(string? MainSocketPath, int? CliProcessId, string? CliLogFile)
{
    /// <summary>The path at which the AppHost is to listen.</summary>
    public const string MainSocketKey = "ASPIRE_BACKCHANNEL_PATH";

    private const string ProcessIdKey = "ASPIRE_CLI_PID", LogFileKey = "ASPIRE_CLI_LOG_FILE";

    public static CliSession From(IConfiguration configuration) => new(
        configuration[MainSocketKey] is { Length: > 0 } path ? path : null,
        int.TryParse(configuration[ProcessIdKey], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId ? pid : null,
        configuration[LogFileKey] is { Length: > 0 } file ? file : null);
}
