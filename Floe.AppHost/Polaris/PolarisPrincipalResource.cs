using System.Security.Cryptography;
using System.Text;

namespace Floe.AppHost.Polaris;

/// <summary>A principal of the catalog: who connects, with which secret. The worker's bootstrap creates it and grants its rights.</summary>
public sealed class PolarisPrincipalResource(string name, IPolarisResource polaris, ParameterResource secret)
    : Resource(name), IResourceWithParent<IPolarisResource>, IResourceWithConnectionString
{
    private const int ClientIdLength = 16;

    /// <summary>The catalog.</summary>
    public IPolarisResource Parent => polaris;

    /// <summary>OAuth2 client id in the form that Polaris demands of chosen ids: 16 lower-case hexadecimal digits. No secret; derived from the name.</summary>
    public string ClientId { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"floe/{name}")))[..ClientIdLength];

    /// <summary>OAuth2 client secret.</summary>
    public ParameterResource Secret => secret;

    /// <summary><c>Uri=…/api/catalog;Warehouse=…;ClientId=…;ClientSecret=…;Scope=PRINCIPAL_ROLE:ALL</c></summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Uri={Parent.PrimaryEndpoint.Property(EndpointProperty.Url)}/api/catalog;Warehouse={PolarisConnection.Warehouse};ClientId={ClientId};ClientSecret={secret};Scope=PRINCIPAL_ROLE:ALL");
}
