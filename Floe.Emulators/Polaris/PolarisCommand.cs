using System.Globalization;
using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace Floe.Emulators.Polaris;

/// <summary>The verb <c>polaris</c>.</summary>
internal static class PolarisCommand
{
    private const int CannotListen = 1;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        int? port = null, managementPort = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue ? number : (int?)null;
            switch (args[i])
            {
                case "--port" when value is not null: port = value; break;
                case "--management-port" when value is not null: managementPort = value; break;
                case "--port" or "--management-port": return Usage.Fail($"polaris: {args[i]} needs a port from 1 to {ushort.MaxValue}.");
                default: return Usage.Fail($"polaris: '{args[i]}' is no option; there are --port N and --management-port M.");
            }
        }

        if (port is null || managementPort is null)
            return Usage.Fail("polaris: --port and --management-port are required.");
        try
        {
            await using var app = PolarisServer.Create(PolarisOptions.FromEnvironment(port.Value, managementPort.Value, Environment.GetEnvironmentVariable));
            return await app.RunServiceAsync(cancellationToken);
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ServiceRunner.ConfigurationError;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"polaris: port {port} or {managementPort} is taken by another process; choose free ones by --port and --management-port.");
            return CannotListen;
        }
    }
}
