using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What is different for an AppHost that runs in a test: no dashboard, no fixed ports, the AppHost's own folder and settings.</summary>
internal static class TestDefaults
{
    public static void Apply(Assembly assembly, string[] args, DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.AssemblyName = assembly.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        settings.Args ??= args;
        var profile = FirstLaunchProfile(assembly);
        settings.EnvironmentName ??= profile.GetValueOrDefault("DOTNET_ENVIRONMENT") ?? profile.GetValueOrDefault("ASPNETCORE_ENVIRONMENT") ?? Environments.Development;
        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(profile.Select(v => KeyValuePair.Create<string, string?>(v.Key.Replace("__", ":", StringComparison.Ordinal), v.Value)));
        // Port 0: a test that turns the dashboard on must not clash with another one.
        settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["DcpPublisher:WaitForResourceCleanup"] = "true",
            ["ASPNETCORE_URLS"] = "http://localhost:0",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:0",
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://localhost:0",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = "http://localhost:0",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        });
    }

    private static Dictionary<string, string> FirstLaunchProfile(Assembly assembly)
    {
        var folder = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "apphostprojectpath")?.Value;
        if (folder is null) return [];
        return LaunchSettings.Read(Path.Combine(folder, "AppHost.csproj"))?.Profiles.Values.FirstOrDefault(p => p.CommandName is null or "Project")?.EnvironmentVariables ?? [];
    }
}
