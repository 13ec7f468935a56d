using Floe.AppHost.Observability;

namespace Aspire.Hosting;

/// <summary>Traces and lineage for those who want more than the dashboard.</summary>
internal static class ObservabilityBuilderExtensions
{
    /// <summary>Adds Jaeger v2 with its memory store; in embedded mode a row that says where the traces are.</summary>
    public static void AddJaeger(this IDistributedApplicationBuilder builder, string name)
    {
        if (!builder.GetFloeStack().UseContainers)
        {
            builder.AddNotStarted(name, "The traces are in this dashboard, under Traces.", $"{ObservabilityContainerImageTags.Jaeger}:{ObservabilityContainerImageTags.JaegerTag}");
            return;
        }
        builder.AddContainer(name, ObservabilityContainerImageTags.Jaeger, ObservabilityContainerImageTags.JaegerTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 16686, name: "ui")
            .WithHttpEndpoint(targetPort: 4317, name: "otlp-grpc")
            .WithHttpEndpoint(targetPort: 4318, name: "otlp-http")
            .WithHttpEndpoint(targetPort: 13133, name: "health")
            .WithIconName("Timeline")
            .WithHealth("/status", "health");
    }

    /// <summary>Adds Marquez and its web page; in embedded mode a row that says it is not there.</summary>
    public static void AddMarquez(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> postgres)
    {
        if (!builder.GetFloeStack().UseContainers)
        {
            builder.AddNotStarted(name, "Nothing yet: lineage is not collected in embedded mode.", $"{ObservabilityContainerImageTags.Marquez}:{ObservabilityContainerImageTags.MarquezTag}");
            return;
        }
        // Marquez' built-in configuration knows only the database, user and password marquez/marquez/marquez; the settings below choose its configurable one.
        var database = postgres.AddFloeDatabase($"{name}db", "marquez");
        var marquez = builder.AddContainer(name, ObservabilityContainerImageTags.Marquez, ObservabilityContainerImageTags.MarquezTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 5000, name: "http")
            .WithHttpEndpoint(targetPort: 5001, name: "admin")
            .WithEnvironment("MARQUEZ_PORT", "5000")
            .WithEnvironment("MARQUEZ_ADMIN_PORT", "5001")
            .WithEnvironment("MARQUEZ_CONFIG", "/usr/src/app/marquez.example.yml")
            .WithEnvironment("MIGRATE_ON_STARTUP", "true")
            .WithEnvironment("SEARCH_ENABLED", "false")
            .WithEnvironment("POSTGRES_HOST", database.Resource.GetConnectionProperty("Host"))
            .WithEnvironment("POSTGRES_PORT", database.Resource.GetConnectionProperty("Port"))
            .WithEnvironment("POSTGRES_DB", "marquez")
            .WithEnvironment("POSTGRES_USER", database.Resource.GetConnectionProperty("Username"))
            .WithEnvironment("POSTGRES_PASSWORD", database.Resource.GetConnectionProperty("Password"))
            .WithIconName("Flow")
            .WithHealth("/healthcheck", "admin")
            .WaitFor(database);
        builder.AddContainer($"{name}-web", ObservabilityContainerImageTags.MarquezWeb, ObservabilityContainerImageTags.MarquezTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 3000, name: "http")
            .WithEnvironment("MARQUEZ_HOST", marquez.GetEndpoint("http").Property(EndpointProperty.Host))
            .WithEnvironment("MARQUEZ_PORT", marquez.GetEndpoint("http").Property(EndpointProperty.Port))
            .WithEnvironment("WEB_PORT", "3000")
            .WithEnvironment("REACT_APP_ADVANCED_SEARCH", "false")
            .WithHealth("/healthcheck", "http")
            .WaitFor(marquez);
    }
}
