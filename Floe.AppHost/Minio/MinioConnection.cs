namespace Floe.AppHost.Minio;

/// <summary>What is the same for the container and the embedded store.</summary>
internal static class MinioConnection
{
    public const string EndpointName = "http";
    public const string HealthPath = "/minio/health/live";

    /// <summary>The region that a store without regions answers with.</summary>
    public const string Region = "us-east-1";

    /// <summary><c>Endpoint=…;AccessKey=…;SecretKey=…;Region=…</c></summary>
    public static ReferenceExpression ConnectionString(IMinioResource store) => ReferenceExpression.Create(
        $"Endpoint={store.PrimaryEndpoint.Property(EndpointProperty.Url)};AccessKey={store.RootUser};SecretKey={store.RootPassword};Region={Region}");
}
