using Floe.AppHost.Cube;
using Floe.AppHost.Minio;

namespace Aspire.Hosting;

/// <summary>Cube itself, beside Floe's own engine.</summary>
internal static class CubeBuilderExtensions
{
    /// <summary>Adds Cube over DuckDB with the model that CubeProxy serves; in embedded mode a row that says who answers instead.</summary>
    public static void AddCube(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IMinioResource> storage, IResourceBuilder<ParameterResource> apiSecret)
    {
        if (!builder.GetFloeStack().UseContainers)
        {
            builder.AddNotStarted(name, "cubeproxy answers Cube's API with its own engine.", $"{CubeContainerImageTags.Image}:{CubeContainerImageTags.Tag}");
            return;
        }
        var cube = builder.AddContainer(name, CubeContainerImageTags.Image, CubeContainerImageTags.Tag)
            .WithImageRegistry(CubeContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 4000, name: "http")
            .WithEndpoint(targetPort: 15432, scheme: "tcp", name: "sql")
            .WithEnvironment("CUBEJS_API_SECRET", apiSecret)
            .WithEnvironment("CUBEJS_DB_TYPE", "duckdb")
            .WithEnvironment("CUBEJS_CACHE_AND_QUEUE_DRIVER", "memory")
            .WithEnvironment("CUBEJS_TELEMETRY", "false")
            .WithEnvironment("CUBEJS_PG_SQL_PORT", "15432")
            .WithEnvironment("CUBEJS_SQL_USER", "cube")
            .WithEnvironment("CUBEJS_SQL_PASSWORD", apiSecret)
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_ENDPOINT", storage.Resource.PrimaryEndpoint.Property(EndpointProperty.HostAndPort))
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_REGION", MinioConnection.Region)
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID", builder.CreateResourceBuilder(storage.Resource.RootUser))
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY", builder.CreateResourceBuilder(storage.Resource.RootPassword))
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_USE_SSL", "false")
            .WithEnvironment("CUBEJS_DB_DUCKDB_S3_URL_STYLE", "path")
            .WithIconName("Cube")
            .WithHealth("/livez", "http");
        // The publisher has no bind mounts; charts mount the model as a ConfigMap.
        if (builder.ExecutionContext.IsRunMode)
            cube.WithBindMount(Path.Combine(builder.AppHostDirectory, "..", "Floe.CubeProxy", "model"), "/cube/conf/model", isReadOnly: true);
    }
}
