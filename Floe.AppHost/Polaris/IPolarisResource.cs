namespace Floe.AppHost.Polaris;

/// <summary>The Iceberg catalog, container or embedded.</summary>
public interface IPolarisResource : IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Iceberg REST API and management API.</summary>
    EndpointReference PrimaryEndpoint { get; }

    /// <summary>Secret of the principal <c>root</c>; only the bootstrap uses it.</summary>
    ParameterResource RootSecret { get; }
}
