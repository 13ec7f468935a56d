namespace Floe.AppHost.Polaris;

/// <summary>Apache Polaris as a container.</summary>
public sealed class PolarisContainerResource(string name, ParameterResource rootSecret) : ContainerResource(name), IPolarisResource
{
    private EndpointReference? _endpoint;

    /// <inheritdoc />
    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, PolarisConnection.EndpointName);

    /// <inheritdoc />
    public ParameterResource RootSecret => rootSecret;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => PolarisConnection.ConnectionString(this);
}
