using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>The network on which the application's containers see each other by name.</summary>
internal static class ContainerNetwork
{
    public static string Name => KnownNetworkIdentifiers.DefaultAspireContainerNetwork.Value;

    public static Task CreateAsync(DcpClient client, IServiceProvider services, CancellationToken cancellationToken) =>
        client.CreateAsync(new DcpObject<ContainerNetworkSpec, ContainerNetworkStatus>
        {
            Kind = DcpKinds.ContainerNetwork,
            Metadata = new DcpMetadata { Name = Name },
            Spec = new ContainerNetworkSpec
            {
                NetworkName = $"aspire-session-network-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8)}-{services.GetRequiredService<IHostEnvironment>().ApplicationName}",
            },
        }, cancellationToken);
}
