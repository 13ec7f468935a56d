using Floe.AppHost.Minio;
using Floe.AppHost.Polaris;
using Floe.AppHost.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>The Iceberg catalog and its principals.</summary>
public static class PolarisBuilderExtensions
{
    /// <summary>Adds the catalog: Apache Polaris, or the embedded catalog with the same API, environment and health path.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="database">Where the catalog keeps its state.</param>
    /// <param name="storage">Where it writes table metadata.</param>
    public static IResourceBuilder<IPolarisResource> AddPolaris(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> database, IResourceBuilder<IMinioResource> storage)
    {
        var stack = builder.GetFloeStack();
        var secret = builder.AddParameter($"{name}-root-secret", SecretParameter.Generated, secret: true, persist: true);
        return stack.UseContainers
            ? AddContainer(builder, new(name, secret.Resource), database, storage)
            : AddEmulator(builder, new(name, builder.AppHostDirectory, secret.Resource), database, storage);
    }

    /// <summary>Adds a principal; its connection string is what a service needs to work with tables.</summary>
    public static IResourceBuilder<PolarisPrincipalResource> AddPrincipal(this IResourceBuilder<IPolarisResource> polaris, string name)
    {
        var builder = polaris.ApplicationBuilder;
        var secret = builder.AddParameter($"{name}-secret", SecretParameter.Generated, secret: true, persist: true);
        var principal = new PolarisPrincipalResource(name, polaris.Resource, secret.Resource);
        var resource = builder.AddResource(principal)
            .WithParentRelationship(polaris.Resource)
            .WithIconName("PersonKey")
            .ExcludeFromManifest()
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "PolarisPrincipal",
                State = KnownResourceStates.NotStarted,
                Properties = [new("ClientId", principal.ClientId) { DisplayName = "Client id", IsHighlighted = true }],
            });
        builder.Eventing.Subscribe<ResourceReadyEvent>(polaris.Resource, async (ready, _) =>
            await ready.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(
                principal, snapshot => snapshot with { State = KnownResourceStates.Active }));
        return resource;
    }

    private static IResourceBuilder<IPolarisResource> AddContainer(
        IDistributedApplicationBuilder builder, PolarisContainerResource catalog, IResourceBuilder<IResourceWithConnectionString> database, IResourceBuilder<IMinioResource> storage)
    {
        // With a database behind it the server does not set up its own realm; the admin tool does, and skips a realm that is there.
        var bootstrap = builder.AddContainer($"{catalog.Name}-bootstrap", PolarisContainerImageTags.AdminToolImage, PolarisContainerImageTags.Tag)
            .WithImageRegistry(PolarisContainerImageTags.Registry)
            .WithDatabase(database)
            .WithEnvironment("POLARIS_BOOTSTRAP_SECRET", builder.CreateResourceBuilder(catalog.RootSecret))
            .WithEntrypoint("/bin/sh")
            .WithArgs("-c", $"exec /opt/jboss/container/java/run/run-java.sh bootstrap -r {PolarisConnection.Realm} -c {PolarisConnection.Realm},{PolarisConnection.RootClientId},\"$POLARIS_BOOTSTRAP_SECRET\"")
            .WaitFor(database);

        var tokenKey = builder.AddParameter($"{catalog.Name}-token-key", SecretParameter.Generated, secret: true, persist: true);
        return builder.AddResource(catalog)
            .WithImage(PolarisContainerImageTags.Image, PolarisContainerImageTags.Tag)
            .WithImageRegistry(PolarisContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 8181, name: PolarisConnection.EndpointName)
            .WithHttpEndpoint(targetPort: 8182, name: PolarisConnection.ManagementEndpointName)
            .WithDatabase(database)
            .WithStorage(storage)
            // Without it Polaris refuses the secrets that the worker's bootstrap sets for its principals.
            .WithEnvironment("POLARIS_FEATURES__ENABLE_CREDENTIAL_RESET_", "true")
            // A key of this installation in place of one per process: a token outlives a restart of the catalog.
            .WithEnvironment("POLARIS_AUTHENTICATION_TOKEN_BROKER_TYPE", "symmetric-key")
            .WithEnvironment("POLARIS_AUTHENTICATION_TOKEN_BROKER_SYMMETRIC_KEY_SECRET", tokenKey)
            .WithHealth(PolarisConnection.HealthPath, PolarisConnection.ManagementEndpointName, PolarisConnection.LivePath)
            .WithIconName("Library")
            .WaitForCompletion(bootstrap);
    }

    private static IResourceBuilder<IPolarisResource> AddEmulator(
        IDistributedApplicationBuilder builder, PolarisEmulatorResource catalog, IResourceBuilder<IResourceWithConnectionString> database, IResourceBuilder<IMinioResource> storage) =>
        builder.AddEmulator(catalog, "polaris")
            .WithHttpEndpoint(name: PolarisConnection.EndpointName)
            .WithHttpEndpoint(name: PolarisConnection.ManagementEndpointName)
            .WithUrlForEndpoint(PolarisConnection.EndpointName, url => url.DisplayText = "Iceberg REST (embedded)")
            .WithUrlForEndpoint(PolarisConnection.ManagementEndpointName, url => (url.DisplayText, url.DisplayLocation) = ("Health", UrlDisplayLocation.DetailsOnly))
            .WithArgs("--port", catalog.PrimaryEndpoint.Property(EndpointProperty.TargetPort), "--management-port", catalog.ManagementEndpoint.Property(EndpointProperty.TargetPort))
            .WithDatabase(database)
            .WithStorage(storage)
            // The embedded catalog bootstraps its own realm, as Polaris does without a database.
            .WithEnvironment("POLARIS_BOOTSTRAP_CREDENTIALS", $"{PolarisConnection.Realm},{PolarisConnection.RootClientId},{catalog.RootSecret}")
            .WithHealth(PolarisConnection.HealthPath, PolarisConnection.ManagementEndpointName, PolarisConnection.LivePath)
            .WithIconName("Library")
            .WaitFor(database);

    private static IResourceBuilder<T> WithDatabase<T>(this IResourceBuilder<T> catalog, IResourceBuilder<IResourceWithConnectionString> database)
        where T : IResourceWithEnvironment => catalog
            .WithEnvironment("POLARIS_PERSISTENCE_TYPE", "relational-jdbc")
            .WithEnvironment("POLARIS_REALM_CONTEXT_REALMS", PolarisConnection.Realm)
            .WithEnvironment("QUARKUS_DATASOURCE_JDBC_URL", database.Resource.GetConnectionProperty("JdbcConnectionString"))
            .WithEnvironment("QUARKUS_DATASOURCE_USERNAME", database.Resource.GetConnectionProperty("Username"))
            .WithEnvironment("QUARKUS_DATASOURCE_PASSWORD", database.Resource.GetConnectionProperty("Password"));

    private static IResourceBuilder<T> WithStorage<T>(this IResourceBuilder<T> catalog, IResourceBuilder<IMinioResource> storage)
        where T : IResourceWithEnvironment => catalog
            .WithEnvironment("AWS_ACCESS_KEY_ID", catalog.ApplicationBuilder.CreateResourceBuilder(storage.Resource.RootUser))
            .WithEnvironment("AWS_SECRET_ACCESS_KEY", catalog.ApplicationBuilder.CreateResourceBuilder(storage.Resource.RootPassword))
            .WithEnvironment("AWS_REGION", MinioConnection.Region);
}
