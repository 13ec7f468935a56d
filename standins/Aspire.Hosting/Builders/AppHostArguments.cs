namespace Aspire.Hosting;

/// <summary>The command line of an AppHost.</summary>
internal static class AppHostArguments
{
    /// <summary>Switches and the configuration keys that they set.</summary>
    public static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--output-path"] = "Pipeline:OutputPath",
        ["--step"] = "Pipeline:Step",
        ["--log-level"] = "Pipeline:LogLevel",
        ["--include-exception-details"] = "Pipeline:IncludeExceptionDetails",
        ["--clear-cache"] = "Pipeline:ClearCache",
        ["--yes"] = "Pipeline:SkipConfirmation",
        ["--environment"] = "environment",
        ["--dcp-cli-path"] = "DcpPublisher:CliPath",
        ["--dcp-container-runtime"] = "DcpPublisher:ContainerRuntime",
        ["--dcp-dependency-check-timeout"] = "DcpPublisher:DependencyCheckTimeout",
        ["--dcp-dashboard-path"] = "DcpPublisher:DashboardPath",
    };

    /// <summary>Without what the configuration would refuse: unknown arguments are for somebody else.</summary>
    public static string[] WithoutForeign(IEnumerable<string> args) =>
        [.. args.Where(a => !(a.StartsWith('-') && !a.StartsWith("--", StringComparison.Ordinal)))];
}
