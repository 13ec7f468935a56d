using Floe.AppHost.Observability;

namespace Aspire.Hosting;

/// <summary>Traces for those who want more than the dashboard.</summary>
internal static class ObservabilityBuilderExtensions
{
    /// <summary>Adds Jaeger v2 with its memory store; in embedded mode a row that says where the traces are.</summary>
    /// <returns>Jaeger; null where it does not run.</returns>
    public static IResourceBuilder<ContainerResource>? AddJaeger(this IDistributedApplicationBuilder builder, string name)
    {
        if (!builder.GetFloeStack().UseContainers)
        {
            builder.AddNotStarted(name, "The traces are in this dashboard, under Traces.", $"{ObservabilityContainerImageTags.Jaeger}:{ObservabilityContainerImageTags.JaegerTag}");
            return null;
        }
        return builder.AddContainer(name, ObservabilityContainerImageTags.Jaeger, ObservabilityContainerImageTags.JaegerTag)
            .WithImageRegistry(ObservabilityContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: 16686, name: "ui")
            .WithHttpEndpoint(targetPort: 4317, name: "otlp-grpc")
            .WithHttpEndpoint(targetPort: 4318, name: "otlp-http")
            .WithHttpEndpoint(targetPort: 13133, name: "health")
            .WithIconName("Timeline")
            .WithHealth("/status", "health");
    }

    /// <summary>Lets a service send its traces to Jaeger, too; in a published stack Jaeger is the receiver of all telemetry already.</summary>
    public static IResourceBuilder<ProjectResource> WithTracesAlsoTo(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ContainerResource>? jaeger) =>
        jaeger is null || !service.ApplicationBuilder.ExecutionContext.IsRunMode ? service : service.WithEnvironment("Telemetry__TracesAlsoTo", jaeger.GetEndpoint("otlp-grpc"));
}
