using Floe.AppHost.Observability;

namespace Aspire.Hosting;

/// <summary>Traces for those who want more than the dashboard.</summary>
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
}
