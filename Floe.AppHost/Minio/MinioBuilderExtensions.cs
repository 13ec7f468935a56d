using Aspire.Hosting.Utils;
using Floe.AppHost.Minio;
using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>The S3 store.</summary>
public static class MinioBuilderExtensions
{
    /// <summary>Adds the S3 store: the container, or the embedded store with the same address, keys and health path.</summary>
    public static IResourceBuilder<IMinioResource> AddMinio(this IDistributedApplicationBuilder builder, string name)
    {
        var stack = builder.GetFloeStack();
        var user = builder.AddParameter($"{name}-user", "floe", publishValueAsDefault: true);
        var password = builder.AddParameter($"{name}-password", SecretParameter.Generated, secret: true, persist: true);
        return stack.UseContainers
            ? AddContainer(builder, new(name, user.Resource, password.Resource), stack.Settings.ObjectStoreImage ?? ImageReference.Parse(MinioContainerImageTags.Image))
            : AddEmulator(builder, new(name, builder.AppHostDirectory, user.Resource, password.Resource), stack.Data!.For(name));
    }

    private static IResourceBuilder<IMinioResource> AddContainer(IDistributedApplicationBuilder builder, MinioContainerResource store, ImageReference image)
    {
        var resource = builder.AddResource(store);
        return resource
            .WithImage(image.Image, image.Tag)
            .WithImageRegistry(image.Registry)
            .WithArgs("server", "/data", "--console-address", ":9001")
            .WithHttpEndpoint(targetPort: 9000, name: MinioConnection.EndpointName)
            .WithHttpEndpoint(targetPort: 9001, name: "console")
            .WithVolume(VolumeNameGenerator.Generate(resource, "data"), "/data")
            .WithEnvironment("MINIO_ROOT_USER", builder.CreateResourceBuilder(store.RootUser))
            .WithEnvironment("MINIO_ROOT_PASSWORD", builder.CreateResourceBuilder(store.RootPassword))
            .WithIconName("Storage")
            .WithHealth(MinioConnection.HealthPath, MinioConnection.EndpointName);
    }

    private static IResourceBuilder<IMinioResource> AddEmulator(IDistributedApplicationBuilder builder, MinioEmulatorResource store, string data) =>
        builder.AddEmulator(store, "minio")
            .WithHttpEndpoint(name: MinioConnection.EndpointName)
            .WithUrlForEndpoint(MinioConnection.EndpointName, url => url.DisplayText = "S3 API (Floe S3, embedded)")
            .WithArgs("--data", data, "--port", store.PrimaryEndpoint.Property(EndpointProperty.TargetPort))
            .WithEnvironment("MINIO_ROOT_USER", builder.CreateResourceBuilder(store.RootUser))
            .WithEnvironment("MINIO_ROOT_PASSWORD", builder.CreateResourceBuilder(store.RootPassword))
            .WithIconName("Storage")
            .WithHealth(MinioConnection.HealthPath, MinioConnection.EndpointName);

    /// <summary>
    /// Tells the worker's bootstrap where the catalog finds the store. As containers they see each other by other names than the worker sees them, which is a
    /// process on this machine; in a cluster one name is good for all.
    /// </summary>
    internal static IResourceBuilder<T> WithStoreOfTheCatalog<T>(this IResourceBuilder<T> worker, IResourceBuilder<IMinioResource> store)
        where T : IResourceWithEnvironment =>
        worker.ApplicationBuilder is { ExecutionContext.IsRunMode: true } builder && builder.GetFloeStack().UseContainers
            ? worker.WithEnvironment("Bootstrap__CatalogStoreEndpoint", $"http://{store.Resource.Name}.dev.internal:{store.Resource.PrimaryEndpoint.Property(EndpointProperty.TargetPort)}")
            : worker;
}
