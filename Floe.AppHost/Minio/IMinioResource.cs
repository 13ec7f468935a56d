namespace Floe.AppHost.Minio;

/// <summary>The S3 store, container or embedded: one address, one pair of keys, one connection string.</summary>
public interface IMinioResource : IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>The S3 API.</summary>
    EndpointReference PrimaryEndpoint { get; }

    /// <summary>Access key of the root user.</summary>
    ParameterResource RootUser { get; }

    /// <summary>Secret key of the root user.</summary>
    ParameterResource RootPassword { get; }
}
