using Aspire.Hosting.Utils;
using Floe.AppHost.Cube;
using Floe.AppHost.Minio;
using Floe.AppHost.Polaris;
using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>Cube itself, behind CubeProxy.</summary>
internal static class CubeBuilderExtensions
{
    private const string Configuration = "/cube/conf";

    /// <summary>Adds Cube over DuckDB with the model that CubeProxy has; in embedded mode a row that says who answers instead.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="reader">The catalog's principal that Cube reads tables as.</param>
    /// <param name="storage">Where the tables' files are.</param>
    /// <returns>Null in embedded mode.</returns>
    public static IResourceBuilder<CubeContainerResource>? AddCube(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<PolarisPrincipalResource> reader, IResourceBuilder<IMinioResource> storage)
    {
        if (!builder.GetFloeStack().UseContainers)
        {
            builder.AddNotStarted(name, "cubeproxy answers Cube's API with its own engine.", $"{CubeContainerImageTags.Image}:{CubeContainerImageTags.Tag}");
            return null;
        }
        var secret = builder.AddParameter($"{name}-secret", SecretParameter.Generated, secret: true, persist: true);
        var cube = builder.AddResource(new CubeContainerResource(name, secret.Resource))
            .WithImage(CubeContainerImageTags.Image, CubeContainerImageTags.Tag)
            .WithImageRegistry(CubeContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 4000, name: CubeContainerResource.EndpointName)
            .WithEndpoint(targetPort: 15432, scheme: "tcp", name: CubeContainerResource.SqlEndpointName)
            .WithEnvironment("CUBEJS_API_SECRET", secret)
            .WithEnvironment("CUBEJS_DB_TYPE", "duckdb")
            .WithCacheAndQueue()
            .WithEnvironment("CUBEJS_TELEMETRY", "false")
            .WithEnvironment("CUBEJS_PG_SQL_PORT", "15432")
            .WithTables(reader.Resource, storage.Resource)
            .WithIconName("Cube")
            .WithHealth("/livez", CubeContainerResource.EndpointName)
            .WaitFor(builder.CreateResourceBuilder(reader.Resource.Parent))
            .WaitFor(storage);
        // The publisher has no bind mounts; the charts have model and cube.js as ConfigMaps.
        if (builder.ExecutionContext.IsPublishMode) return cube;
        return cube
            .WithBindMount(Path.Combine("..", "Floe.CubeProxy", "model"), $"{Configuration}/model", isReadOnly: true)
            .WithBindMount(Path.Combine("..", "charts", "floe-cube", "files", "cube.js"), $"{Configuration}/cube.js", isReadOnly: true);
    }

    /// <summary>Sets CubeProxy before a Cube that runs; without one it answers with its own engine.</summary>
    public static IResourceBuilder<T> WithUpstream<T>(this IResourceBuilder<T> proxy, IResourceBuilder<CubeContainerResource>? cube)
        where T : IResourceWithEnvironment =>
        // What is published lacks the mounts: there CubeProxy stays with its own engine.
        cube is null || proxy.ApplicationBuilder.ExecutionContext.IsPublishMode ? proxy : proxy
            .WithEnvironment("Floe__Cube__Upstream", cube.GetEndpoint(CubeContainerResource.EndpointName))
            .WithEnvironment("Floe__Cube__Sql", cube.GetEndpoint(CubeContainerResource.SqlEndpointName).Property(EndpointProperty.HostAndPort))
            .WithEnvironment("Floe__Cube__Secret", proxy.ApplicationBuilder.CreateResourceBuilder(cube.Resource.Secret));

    // In memory, or in a Cube Store of one node (Floe:CubeStore). What is published has it by the charts' cubeStore.enabled.
    private static IResourceBuilder<CubeContainerResource> WithCacheAndQueue(this IResourceBuilder<CubeContainerResource> cube)
    {
        var builder = cube.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode || !builder.GetFloeStack().Settings.CubeStore) return cube.WithEnvironment("CUBEJS_CACHE_AND_QUEUE_DRIVER", "memory");
        var store = builder.AddContainer($"{cube.Resource.Name}store", CubeContainerImageTags.StoreImage, CubeContainerImageTags.Tag)
            .WithImageRegistry(CubeContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 3030, name: "http")
            .WithHttpEndpoint(targetPort: 3031, name: "status")
            .WithEnvironment("CUBESTORE_REMOTE_DIR", "/cube/data")
            .WithIconName("Database");
        store.WithVolume(VolumeNameGenerator.Generate(store, "data"), "/cube/data").WithHealth("/readyz", "status");
        return cube
            .WithEnvironment("CUBEJS_CACHE_AND_QUEUE_DRIVER", "cubestore")
            .WithEnvironment("CUBEJS_CUBESTORE_HOST", store.GetEndpoint("http").Property(EndpointProperty.Host))
            .WithEnvironment("CUBEJS_CUBESTORE_PORT", store.GetEndpoint("http").Property(EndpointProperty.Port))
            .WaitFor(store);
    }

    // What cube.js attaches the catalog with.
    private static IResourceBuilder<CubeContainerResource> WithTables(this IResourceBuilder<CubeContainerResource> cube, PolarisPrincipalResource reader, IMinioResource storage) => cube
        .WithEnvironment("FLOE_CATALOG_URI", $"{reader.Parent.PrimaryEndpoint.Property(EndpointProperty.Url)}/api/catalog")
        .WithEnvironment("FLOE_CATALOG_CLIENT_ID", reader.ClientId)
        .WithEnvironment("FLOE_CATALOG_CLIENT_SECRET", cube.ApplicationBuilder.CreateResourceBuilder(reader.Secret))
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_ENDPOINT", storage.PrimaryEndpoint.Property(EndpointProperty.HostAndPort))
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_REGION", MinioConnection.Region)
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID", cube.ApplicationBuilder.CreateResourceBuilder(storage.RootUser))
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY", cube.ApplicationBuilder.CreateResourceBuilder(storage.RootPassword))
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_USE_SSL", "false")
        .WithEnvironment("CUBEJS_DB_DUCKDB_S3_URL_STYLE", "path");
}
