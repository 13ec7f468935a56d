using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Decides the addresses and keys of the dashboard from the configuration; port 0 takes a free one.</summary>
internal static class DashboardEndpointsFactory
{
    public static DashboardEndpoints Create(IConfiguration configuration, bool enabled)
    {
        var anonymous = configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", configuration.GetValue("DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", false));
        var taken = new HashSet<int>();
        return new DashboardEndpoints
        {
            Enabled = enabled,
            Frontend = Resolve(configuration, enabled, taken, "ASPNETCORE_URLS"),
            OtlpGrpc = Resolve(configuration, enabled, taken, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"),
            OtlpHttp = Resolve(configuration, enabled, taken, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            ResourceService = Resolve(configuration, enabled, taken, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"),
            BrowserToken = anonymous ? null : configuration["AppHost:BrowserToken"],
            OtlpApiKey = anonymous ? null : configuration["AppHost:OtlpApiKey"],
            DashboardApiKey = anonymous ? null : configuration["AppHost:DashboardApiKey"],
            ResourceServiceApiKey = anonymous ? null : configuration["AppHost:ResourceService:ApiKey"],
        };
    }

    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <exception cref="DistributedApplicationException">A fixed port is busy.</exception>
    public static void EnsureFixedPortsAreFree(DashboardEndpoints endpoints, IConfiguration configuration)
    {
        if (!endpoints.Enabled) return;
        Check(endpoints.Frontend, "ASPNETCORE_URLS");
        Check(endpoints.OtlpGrpc, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL");
        Check(endpoints.OtlpHttp, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL");
        Check(endpoints.ResourceService, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL");

        void Check(Uri? url, string variable)
        {
            if (url is null || configuration[variable] is not { } configured || First(configured, variable).Port == 0) return;
            if (!IsFree(url.Port)) throw new DistributedApplicationException(Busy(url.Port, variable));
        }
    }

    private static string Busy(int port, string variable) => string.Create(CultureInfo.InvariantCulture,
        $"Port {port} is in use by another program, but {variable} asks for it. Stop that program, or set {variable} to another port, or to port 0 for any free one.");

    private static Uri? Resolve(IConfiguration configuration, bool enabled, HashSet<int> taken, params ReadOnlySpan<string> variables)
    {
        foreach (var variable in variables)
        {
            if (configuration[variable] is not { Length: > 0 } value) continue;
            var url = First(value, variable);
            if (url.Port > 0) return url;
            return enabled ? new UriBuilder(url) { Port = FreePort(taken) }.Uri : null;
        }

        return enabled ? new UriBuilder("http", "localhost", FreePort(taken)).Uri : null;
    }

    private static Uri First(string value, string variable)
    {
        var text = value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new DistributedApplicationException($"'{value}' is no valid value of {variable}. Expected a URL such as http://localhost:18888, or http://localhost:0 for any free port.");
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort(HashSet<int> taken)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (taken.Add(port)) return port;
        }
    }
}
