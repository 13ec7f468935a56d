using Floe.AppHost.Observability;
using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>Lineage: who reports it and who keeps it.</summary>
internal static class MarquezBuilderExtensions
{
    private const string Configuration = "/usr/src/app/marquez.yml";

    /// <summary>Adds Marquez and its web page, or the embedded lineage server, which has a page in it. Nobody waits for it: who reports keeps events until it is there.</summary>
    public static IResourceBuilder<IResourceWithEndpoints> AddMarquez(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> postgres)
    {
        var database = postgres.AddFloeDatabase($"{name}db", "marquez");
        return builder.GetFloeStack().UseContainers ? AddContainers(builder, name, database) : AddEmulator(builder, name, database);
    }

    /// <summary>Lets a service report lineage.</summary>
    public static IResourceBuilder<ProjectResource> WithLineage(this IResourceBuilder<ProjectResource> service, IResourceBuilder<IResourceWithEndpoints> marquez) => service
        .WithEnvironment("Lineage__Url", marquez.GetEndpoint(MarquezEmulatorResource.EndpointName))
        .WithDataFolder("Lineage__OutboxDirectory", "lineage", service.Resource.Name);

    private static IResourceBuilder<MarquezEmulatorResource> AddEmulator(IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> database)
    {
        var server = new MarquezEmulatorResource(name, builder.AppHostDirectory);
        return builder.AddEmulator(server, "marquez")
            .WithHttpEndpoint(name: MarquezEmulatorResource.EndpointName)
            .WithHttpEndpoint(name: MarquezEmulatorResource.AdminEndpointName)
            .WithUrlForEndpoint(MarquezEmulatorResource.EndpointName, url => url.DisplayText = "Lineage")
            .WithUrlForEndpoint(MarquezEmulatorResource.AdminEndpointName, url => (url.DisplayText, url.DisplayLocation) = ("Health", UrlDisplayLocation.DetailsOnly))
            .WithArgs("--port", server.PrimaryEndpoint.Property(EndpointProperty.TargetPort), "--admin-port", server.AdminEndpoint.Property(EndpointProperty.TargetPort))
            .WithDatabase(database)
            .WithIconName("Flow")
            .WithHealth("/healthcheck", MarquezEmulatorResource.AdminEndpointName)
            .WaitFor(database);
    }

    private static IResourceBuilder<ContainerResource> AddContainers(IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> database)
    {
        // Marquez' built-in configuration knows only the database, user and password marquez/marquez/marquez; the charts' file takes them from the environment.
        var marquez = builder.AddContainer(name, ObservabilityContainerImageTags.Marquez, ObservabilityContainerImageTags.MarquezTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 5000, name: MarquezEmulatorResource.EndpointName)
            .WithHttpEndpoint(targetPort: 5001, name: MarquezEmulatorResource.AdminEndpointName)
            .WithEnvironment("MARQUEZ_PORT", "5000")
            .WithEnvironment("MARQUEZ_ADMIN_PORT", "5001")
            .WithEnvironment("MARQUEZ_CONFIG", Configuration)
            .WithConfigFile(Path.Combine("..", "charts", "floe-infrastructure", "files", "marquez.yml"), Configuration)
            .WithEnvironment("MIGRATE_ON_STARTUP", "true")
            .WithEnvironment("SEARCH_ENABLED", "false")
            .WithDatabase(database)
            .WithIconName("Flow")
            .WithHealth("/healthcheck", MarquezEmulatorResource.AdminEndpointName)
            .WaitFor(database);
        builder.AddContainer($"{name}-web", ObservabilityContainerImageTags.MarquezWeb, ObservabilityContainerImageTags.MarquezTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 3000, name: "http")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Lineage")
            .WithEnvironment("MARQUEZ_HOST", marquez.GetEndpoint("http").Property(EndpointProperty.Host))
            .WithEnvironment("MARQUEZ_PORT", marquez.GetEndpoint("http").Property(EndpointProperty.Port))
            .WithEnvironment("WEB_PORT", "3000")
            .WithEnvironment("REACT_APP_ADVANCED_SEARCH", "false")
            .WithHealth("/healthcheck", "http")
            .WaitFor(marquez);
        return marquez;
    }

    private static IResourceBuilder<T> WithDatabase<T>(this IResourceBuilder<T> marquez, IResourceBuilder<IResourceWithConnectionString> database)
        where T : IResourceWithEnvironment => marquez
            .WithEnvironment("POSTGRES_HOST", database.Resource.GetConnectionProperty("Host"))
            .WithEnvironment("POSTGRES_PORT", database.Resource.GetConnectionProperty("Port"))
            .WithEnvironment("POSTGRES_DB", "marquez")
            .WithEnvironment("POSTGRES_USER", database.Resource.GetConnectionProperty("Username"))
            .WithEnvironment("POSTGRES_PASSWORD", database.Resource.GetConnectionProperty("Password"));
}
