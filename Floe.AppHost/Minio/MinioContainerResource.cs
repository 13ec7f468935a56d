namespace Floe.AppHost.Minio;

/// <summary>MinIO, or a store with its contract, as a container.</summary>
public sealed class MinioContainerResource(string name, ParameterResource rootUser, ParameterResource rootPassword) : ContainerResource(name), IMinioResource
{
    private EndpointReference? _endpoint;

    /// <inheritdoc />
    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, MinioConnection.EndpointName);

    /// <inheritdoc />
    public ParameterResource RootUser => rootUser;

    /// <inheritdoc />
    public ParameterResource RootPassword => rootPassword;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => MinioConnection.ConnectionString(this);
}
