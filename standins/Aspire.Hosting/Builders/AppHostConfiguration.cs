using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The configuration keys under <c>AppHost:</c> that the builder sets for others to read.</summary>
internal static class AppHostConfiguration
{
    public static void SetAppHostConfiguration(this DistributedApplicationBuilder builder, AppHostMetadata metadata, DistributedApplicationOptions options, IUserSecretsManager secrets)
    {
        var configuration = builder.Configuration;
        var projectFile = metadata.ProjectFile;
        var name = projectFile is null ? builder.Environment.ApplicationName : Path.GetFileNameWithoutExtension(projectFile);
        var path = Path.Combine(builder.AppHostDirectory, name);
        var applicationName = options.DashboardApplicationName ?? configuration["AppHost:DashboardApplicationName"] ?? name;
        // Two clones of the AppHost are two applications; a published one is the same wherever it was published from.
        var pathHash = Hash(path);
        var hash = builder.ExecutionContext.IsPublishMode ? Hash(name) : pathHash;
        Set(configuration,
            ("AppHost:Directory", builder.AppHostDirectory),
            ("AppHost:Path", path),
            ("AppHost:FilePath", projectFile),
            ("AppHost:DashboardApplicationName", applicationName),
            ("AppHost:Sha256", hash),
            ("AppHost:PathSha256", pathHash),
            ("AppHost:ProjectNameSha256", Hash(name)),
            ("AppHost:Operation", builder.ExecutionContext.Operation.ToString()),
            ("AppHost:ContainerHostname", configuration["AppHost:ContainerHostname"] ?? "host.docker.internal"),
            ("AppHost:DefaultLaunchProfileName", configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"]));
        if (builder.ExecutionContext.IsRunMode) SetKeys(configuration, options, secrets);
    }

    private static void SetKeys(ConfigurationManager configuration, DistributedApplicationOptions options, IUserSecretsManager secrets)
    {
        var resourceServiceKey = configuration["ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY"] ?? configuration["AppHost:ResourceService:ApiKey"] ?? DashboardEndpointsFactory.NewKey();
        Set(configuration,
            ("AppHost:BrowserToken", configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? configuration["DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? configuration["AppHost:BrowserToken"] ?? DashboardEndpointsFactory.NewKey()),
            ("AppHost:ResourceService:AuthMode", "ApiKey"),
            ("AppHost:ResourceService:ApiKey", resourceServiceKey));
        if (options.DisableDashboard)
        {
            // Nobody will ask for them, so nothing is written to the user secrets.
            Set(configuration, ("AppHost:OtlpApiKey", configuration["AppHost:OtlpApiKey"] ?? DashboardEndpointsFactory.NewKey()), ("AppHost:DashboardApiKey", configuration["AppHost:DashboardApiKey"] ?? DashboardEndpointsFactory.NewKey()));
            return;
        }

        secrets.GetOrSetSecret(configuration, "AppHost:OtlpApiKey", DashboardEndpointsFactory.NewKey);
        secrets.GetOrSetSecret(configuration, "AppHost:DashboardApiKey", DashboardEndpointsFactory.NewKey);
    }

    private static void Set(ConfigurationManager configuration, params (string Key, string? Value)[] values) =>
        configuration.AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, v.Value)));

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
