using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Telemetry;

/// <summary>The OTEL_* variables that send a process's telemetry to the dashboard.</summary>
internal static class OtlpEnvironment
{
    /// <summary>The object annotation from which DCP fills the instance's id into the variables.</summary>
    public const string InstanceIdAnnotation = "otel-service-instance-id";

    public static Task AddAsync(IDistributedApplicationBuilder builder, IResource resource, EnvironmentCallbackContext context)
    {
        var variables = context.EnvironmentVariables;
        var development = builder.Environment.IsDevelopment();
        if (context.ExecutionContext.IsPublishMode) return Task.CompletedTask;
        var dashboard = context.ExecutionContext.Services.GetRequiredService<DashboardEndpoints>();
        var protocol = resource.TryGetLastAnnotation<OtlpExporterAnnotation>(out var annotation) ? annotation.RequiredProtocol ?? OtlpProtocol.Grpc : OtlpProtocol.Grpc;
        if ((protocol == OtlpProtocol.Grpc ? dashboard.OtlpGrpc : dashboard.OtlpHttp) is not { } url) return Task.CompletedTask;

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = resource.IsContainer() && url.IsLoopback
            ? string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{EndpointAddress.ContainerHostName}:{url.Port}")
            : url.GetLeftPart(UriPartial.Authority);
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol switch
        {
            OtlpProtocol.Grpc => "grpc",
            OtlpProtocol.HttpJson => "http/json",
            _ => "http/protobuf",
        };
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={{{{- index .Annotations \"{InstanceIdAnnotation}\" -}}}}";
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        if (dashboard.OtlpApiKey is { } key) variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        if (!development) return Task.CompletedTask;

        // Somebody who develops wants to see a trace now, and all of them.
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        return Task.CompletedTask;
    }
}
