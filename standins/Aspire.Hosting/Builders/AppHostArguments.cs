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

    /// <summary><c>ASPNETCORE_ENVIRONMENT</c> counts where neither <c>--environment</c> nor <c>DOTNET_ENVIRONMENT</c> says otherwise, which the host reads itself.</summary>
    public static string? FallbackEnvironment(IReadOnlyCollection<string> args) =>
        System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is { Length: > 0 } || args.Any(a => a.StartsWith("--environment", StringComparison.OrdinalIgnoreCase) || a.StartsWith("environment=", StringComparison.OrdinalIgnoreCase))
            ? null
            : System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT");
}
