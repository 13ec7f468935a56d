using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dcp;

/// <summary>Finds the orchestrator (DCP): as told by the configuration, else what this build was made with, else in an installed Aspire CLI's bundle.</summary>
internal sealed class DcpLocator(IConfiguration configuration, DistributedApplicationOptions options)
{
    private const string Variable = "ASPIRE_DCP_PATH";
    private static readonly string FileName = OperatingSystem.IsWindows() ? "dcp.exe" : "dcp";
    private readonly AppHostMetadata _metadata = new(options);

    /// <exception cref="DistributedApplicationException">Not found.</exception>
    public string Dcp
    {
        get
        {
            foreach (var setting in (ReadOnlySpan<string>)[Variable, "DcpPublisher:CliPath"])
            {
                if (configuration[setting] is { Length: > 0 } given) return Existing(given) ?? throw NotAt(setting, given);
            }

            var built = _metadata["dcpclipath"];
            if (built is not null && Existing(built) is { } installed) return installed;
            // No silent change to another version: what this build was made with is gone.
            if (built is not null) throw NotFound(built);
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Existing(Path.Combine(home, ".aspire", "bundle", "dcp", FileName)) ?? throw NotFound(built);
        }
    }

    private static DistributedApplicationException NotFound(string? built) => new(
        $"Aspire's orchestrator (DCP) was not found{(built is null ? "" : $": '{built}' is missing, so node_modules is only half installed")}. "
        + "Delete node_modules and build again, which installs the npm package @microsoft/aspire-cli-linux-x64 13.5.4; "
        + $"on another platform install the Aspire CLI and run 'aspire setup', or let {Variable} name the program.");

    /// <summary>The path, or the program in it when the path is a folder.</summary>
    private static string? Existing(string path) =>
        File.Exists(path) ? path : File.Exists(Path.Combine(path, FileName)) ? Path.Combine(path, FileName) : null;

    private static DistributedApplicationException NotAt(string setting, string path) =>
        new($"Aspire's orchestrator (DCP) was not found: {setting} names '{path}', which does not exist. Correct the setting or remove it.");
}
