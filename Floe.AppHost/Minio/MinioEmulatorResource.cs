namespace Floe.AppHost.Minio;

/// <summary>Floe's embedded S3 store. Not MinIO: a store with the part of its contract that Floe and common S3 clients use.</summary>
public sealed class MinioEmulatorResource(string name, string workingDirectory, ParameterResource rootUser, ParameterResource rootPassword)
    : ExecutableResource(name, "dotnet", workingDirectory), IMinioResource
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
