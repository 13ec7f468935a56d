using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The environment of the dashboard process; it has no other configuration.</summary>
internal static class DashboardEnvironment
{
    // Inherited, they would mean the AppHost's own web server, environment and parent.
    private static readonly string[] NotInherited =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE",
        "ASPIRE_CLI_STARTED", "ASPIRE_CLI_STARTED_STABLE",
    ];

    public static Dictionary<string, string> Create(DashboardEndpoints endpoints, IConfiguration configuration)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            environment[(string)inherited.Key] = (string?)inherited.Value ?? "";
        }

        foreach (var name in NotInherited)
        {
            environment.Remove(name);
        }

        foreach (var setting in configuration.GetChildren().Where(s => s.Value is not null && s.Key.StartsWith("ASPIRE_DASHBOARD_", StringComparison.Ordinal)))
        {
            environment[setting.Key] = setting.Value!;
        }

        environment["ASPNETCORE_URLS"] = Url(endpoints.Frontend);
        environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Url(endpoints.OtlpGrpc);
        environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Url(endpoints.OtlpHttp);
        environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Url(endpoints.ResourceService);
        environment["ASPIRE_DASHBOARD_API_ENABLED"] = "true";
        environment["DASHBOARD__FRONTEND__PUBLICURL"] = Url(endpoints.Frontend);
        SetKey("DASHBOARD__FRONTEND", "BrowserToken", "BROWSERTOKEN", endpoints.BrowserToken);
        SetKey("DASHBOARD__OTLP", "ApiKey", "PRIMARYAPIKEY", endpoints.OtlpApiKey);
        SetKey("DASHBOARD__RESOURCESERVICECLIENT", "ApiKey", "APIKEY", endpoints.ResourceServiceApiKey);
        SetKey("DASHBOARD__API", "ApiKey", "PRIMARYAPIKEY", endpoints.DashboardApiKey);
        environment["LOGGING__CONSOLE__FORMATTERNAME"] = "json";
        environment["LOGGING__LOGLEVEL__Microsoft.AspNetCore.DataProtection"] = "Error"; // its keys lie in the user's home, as everywhere
        // It is compiled better when it has started, and without counting its branches: others start at the same time, and it is a page for one user.
        environment.TryAdd("DOTNET_TC_CallCountingDelayMs", "3E8");
        environment.TryAdd("DOTNET_TieredPGO", "0");
        environment["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture); // the dashboard ends with this process
        return environment;

        static string Url(Uri? url) => url?.GetLeftPart(UriPartial.Authority) ?? throw new InvalidOperationException("The dashboard's addresses are decided before it starts.");

        void SetKey(string section, string mode, string name, string? key)
        {
            environment[$"{section}__AUTHMODE"] = key is null ? "Unsecured" : mode;
            if (key is not null)
            {
                environment[$"{section}__{name}"] = key;
            }
        }
    }
}
