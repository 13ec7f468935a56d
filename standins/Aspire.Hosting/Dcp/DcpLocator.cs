using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dcp;

/// <summary>Finds the orchestrator (DCP) and the dashboard, both from the bundle of the Aspire CLI.</summary>
internal sealed class DcpLocator(IConfiguration configuration, DistributedApplicationOptions options)
{
    private readonly AppHostMetadata _metadata = new(options);

    /// <exception cref="DistributedApplicationException">Not found.</exception>
    public string Dcp => Find("Aspire's orchestrator (DCP)", "dcp", "dcp", "ASPIRE_DCP_PATH", "DcpPublisher:CliPath", "dcpclipath");

    /// <exception cref="DistributedApplicationException">Not found.</exception>
    public string Dashboard => Find("Aspire's dashboard", "managed", "aspire-managed", "ASPIRE_DASHBOARD_PATH", "DcpPublisher:DashboardPath", "aspiredashboardpath");

    private string Find(string what, string folder, string program, string variable, string key, string metadataName)
    {
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        if (configuration[variable] is { Length: > 0 } given) return Existing(given, file) ?? throw NotAt(what, variable, given);
        if (configuration[key] is { Length: > 0 } configured) return Existing(configured, file) ?? throw NotAt(what, key, configured);
        var built = _metadata[metadataName];
        if (built is not null && Existing(built, file) is { } installed) return installed;
        // No silent change to another version: what this build was made with is gone.
        if (built is not null) throw NotFound(what, variable, built);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Existing(Path.Combine(home, ".aspire", "bundle", folder, file), file) is { } bundled) return bundled;
        throw NotFound(what, variable, built);
    }

    private static DistributedApplicationException NotFound(string what, string variable, string? built) => new(
        $"{what} was not found{(built is null ? "" : $": '{built}' is missing, so node_modules is only half installed")}. "
        + "Delete node_modules and build again, which installs the npm package @microsoft/aspire-cli-linux-x64 13.5.4; "
        + $"on another platform install the Aspire CLI and run 'aspire setup', or let {variable} name the program.");

    /// <summary>The path, or the program in it when the path is a folder.</summary>
    private static string? Existing(string path, string file) =>
        File.Exists(path) ? path : File.Exists(Path.Combine(path, file)) ? Path.Combine(path, file) : null;

    private static DistributedApplicationException NotAt(string what, string setting, string path) =>
        new($"{what} was not found: {setting} names '{path}', which does not exist. Correct the setting or remove it.");
}
