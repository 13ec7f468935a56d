namespace Floe.AppHost.Polaris;

/// <summary>Floe's embedded Iceberg catalog: the part of Polaris' REST and management API that Floe uses, on the same PostgreSQL.</summary>
public sealed class PolarisEmulatorResource(string name, string workingDirectory, ParameterResource rootSecret)
    : ExecutableResource(name, "dotnet", workingDirectory), IPolarisResource
{
    private EndpointReference? _endpoint;
    private EndpointReference? _management;

    /// <inheritdoc />
    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, PolarisConnection.EndpointName);

    /// <summary>Health.</summary>
    public EndpointReference ManagementEndpoint => _management ??= new(this, PolarisConnection.ManagementEndpointName);

    /// <inheritdoc />
    public ParameterResource RootSecret => rootSecret;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => PolarisConnection.ConnectionString(this);
}
