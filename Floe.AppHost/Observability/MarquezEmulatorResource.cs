namespace Floe.AppHost.Observability;

/// <summary>Floe's embedded lineage server: OpenLineage and the part of Marquez' API that its clients read, on the same PostgreSQL, with a page of its own.</summary>
public sealed class MarquezEmulatorResource(string name, string workingDirectory) : ExecutableResource(name, "dotnet", workingDirectory)
{
    internal const string EndpointName = "http";
    internal const string AdminEndpointName = "admin";

    private EndpointReference? _endpoint;
    private EndpointReference? _admin;

    /// <summary>The API and the page.</summary>
    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, EndpointName);

    /// <summary>Health.</summary>
    public EndpointReference AdminEndpoint => _admin ??= new(this, AdminEndpointName);
}
