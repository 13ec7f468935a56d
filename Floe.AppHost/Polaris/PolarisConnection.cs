namespace Floe.AppHost.Polaris;

/// <summary>What is the same for the container and the embedded catalog.</summary>
internal static class PolarisConnection
{
    public const string EndpointName = "http";
    public const string ManagementEndpointName = "management";
    public const string HealthPath = "/q/health/ready";
    public const string LivePath = "/q/health/live";
    public const string Realm = "POLARIS";
    public const string RootClientId = "root";
    public const string Warehouse = "lakehouse";

    /// <summary>The bootstrap's connection: <c>Endpoint=…;ClientId=root;ClientSecret=…</c></summary>
    public static ReferenceExpression ConnectionString(IPolarisResource polaris) => ReferenceExpression.Create(
        $"Endpoint={polaris.PrimaryEndpoint.Property(EndpointProperty.Url)};ClientId={RootClientId};ClientSecret={polaris.RootSecret}");
}
