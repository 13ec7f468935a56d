using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Finds the dashboard's program: as told by the configuration or the aspire CLI, else among Floe's native parts, else in an installed aspire CLI's bundle.</summary>
internal static class DashboardExecutable
{
    private static readonly string FileName = OperatingSystem.IsWindows() ? "aspire-managed.exe" : "aspire-managed";

    /// <exception cref="DistributedApplicationException">There is none.</exception>
    public static string Find(IConfiguration configuration)
    {
        foreach (var key in (ReadOnlySpan<string>)["DcpPublisher:DashboardPath", "ASPIRE_DASHBOARD_PATH"])
        {
            if (configuration[key] is { Length: > 0 } given)
            {
                return File.Exists(given) ? given : throw new DistributedApplicationException($"The dashboard '{given}' named by {key} does not exist; correct or remove the setting.");
            }
        }

        List<string> places = [];
        if (typeof(DashboardExecutable).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "NativePartsRoot")?.Value is { } root)
        {
            var installed = Path.Combine(root, ".floe", "aspire", "managed", FileName);
            // No silent change to another version where npm has the package for this platform.
            if (!File.Exists(installed) && Directory.Exists(Path.Combine(root, "@microsoft")))
            {
                throw new DistributedApplicationException(
                    $"The Aspire dashboard '{installed}' is missing, so node_modules is only half installed. Delete node_modules and build again, or set ASPIRE_DASHBOARD_PATH.");
            }

            places.Add(installed);
        }

        places.Add(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire", "bundle", "managed", FileName));
        return places.FirstOrDefault(File.Exists) ?? throw new DistributedApplicationException(
            $"The Aspire dashboard was not found at {string.Join(" or ", places.Select(p => $"'{p}'"))}; install the aspire CLI and run 'aspire setup', or set ASPIRE_DASHBOARD_PATH.");
    }
}
