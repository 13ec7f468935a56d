using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs over OTLP, built from the core packages alone. <c>OpenTelemetry.Extensions.Hosting</c> and the instrumentation
/// packages can take over where a feed has them: .NET 10 emits the same signals, and <see cref="HttpServerSpanFilter"/> completes server spans.
/// </summary>
internal static class TelemetryExtensions
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    private const string AlsoKey = "Telemetry:TracesAlsoTo";

    private static readonly string[] s_samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    private static readonly string[] s_processMeters = ["Floe.*", "System.Runtime"];
    private static readonly string[] s_serviceMeters = [.. s_processMeters, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Npgsql"];

    /// <summary>
    /// The SDK sets memory aside for 2,000 combinations of attributes per instrument. Observed ones (the runtime's twenty, a server's figures per database)
    /// have few: this saves each process some 10 MB.
    /// </summary>
    private static readonly MetricStreamConfiguration s_fewPoints = new() { CardinalityLimit = 200 };

    /// <summary>Traces, metrics and logs of a service.</summary>
    /// <exception cref="ConfigurationException">The endpoint is no absolute http or https address, or the sampler is unknown.</exception>
    public static void AddServiceTelemetry(this IHostApplicationBuilder builder)
    {
        if (builder.TelemetryResource() is not { } resource)
            return;
        var redaction = new Redaction(builder.Configuration);
        builder.AddLogs(resource, redaction);
        var (sampler, also) = (builder.Configuration[SamplerVariable], builder.Configuration[AlsoKey]);
        builder.Services.AddHostedService(_ => new TelemetryProviders(Traces(resource, redaction, sampler, also), Metrics(resource, s_serviceMeters)));
        builder.Services.AddSingleton<IStartupFilter, HttpServerSpanFilter>();
    }

    /// <summary>Metrics and logs of a process that answers no requests, so that it has no traces.</summary>
    /// <exception cref="ConfigurationException">The endpoint is no absolute http or https address, or the sampler is unknown.</exception>
    public static void AddProcessTelemetry(this IHostApplicationBuilder builder)
    {
        if (builder.TelemetryResource() is not { } resource)
            return;
        builder.AddLogs(resource, new Redaction(builder.Configuration));
        builder.Services.AddHostedService(_ => new TelemetryProviders(Metrics(resource, s_processMeters)));
    }

    /// <summary>Who sends; null when nobody receives.</summary>
    private static ResourceBuilder? TelemetryResource(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointVariable]))
            return null;
        Check(builder.Configuration);
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win; the application's name serves where they are not set.
        return ResourceBuilder.CreateEmpty()
            .AddService(builder.Environment.ApplicationName, autoGenerateServiceInstanceId: false)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
    }

    private static void AddLogs(this IHostApplicationBuilder builder, ResourceBuilder resource, Redaction redaction) =>
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
            logs.SetResourceBuilder(resource);
            logs.AddProcessor(new RedactionLogProcessor(redaction));
            logs.AddOtlpExporter();
        });

    private static TracerProvider Traces(ResourceBuilder resource, Redaction redaction, string? sampler, string? also) =>
        Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .SetFollowingSampler(sampler)
            .AddSource("Floe.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
            .AddProcessor(new DatabaseSpanProcessor())
            .AddProcessor(new RedactionSpanProcessor(redaction))
            .AddOtlpExporter()
            .AddSecondReceiver(also)
            .Build();

    /// <summary>Who receives traces beside the dashboard (Jaeger): OTLP over gRPC, and nothing of what the environment says for the first.</summary>
    private static TracerProviderBuilder AddSecondReceiver(this TracerProviderBuilder builder, string? address) => string.IsNullOrWhiteSpace(address)
        ? builder
        : builder.AddOtlpExporter("second", options => (options.Endpoint, options.Protocol, options.Headers) = (new Uri(address), OtlpExportProtocol.Grpc, null));


    private static MeterProvider Metrics(ResourceBuilder resource, string[] meters) =>
        Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(meters)
            // A measurement of a recorded trace can be shown beside its number.
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddView(static instrument => instrument.IsObservable ? s_fewPoints : null)
            .AddOtlpExporter()
            .Build();

    /// <summary>The SDK would fail in the middle of the start over the one, and pass over the other with its default.</summary>
    private static void Check(IConfiguration configuration)
    {
        var endpoint = configuration[EndpointVariable];
        if (!(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new ConfigurationException($"{EndpointVariable} is '{endpoint}'; it must be an absolute http or https address such as http://127.0.0.1:4317, or not set for no telemetry.");
        if (configuration[AlsoKey] is { Length: > 0 } also && !(Uri.TryCreate(also, UriKind.Absolute, out var second) && second.Scheme is "http" or "https"))
            throw new ConfigurationException($"{AlsoKey} is '{also}'; it must be an absolute http or https address of an OTLP receiver over gRPC, such as http://127.0.0.1:4317, or not set.");
        if (configuration[SamplerVariable] is { Length: > 0 } sampler && !s_samplers.Contains(sampler, StringComparer.OrdinalIgnoreCase))
            throw new ConfigurationException($"{SamplerVariable} is '{sampler}'; it must be one of {string.Join(", ", s_samplers)}.");
    }

    /// <summary>
    /// "always_on", which Aspire sets in development, would also record what hangs below spans that were left out on purpose: probes and polling.
    /// It becomes "parentbased_always_on"; any other choice stays the SDK's.
    /// </summary>
    private static TracerProviderBuilder SetFollowingSampler(this TracerProviderBuilder builder, string? configured) =>
        configured is null or "" || configured.Equals("always_on", StringComparison.OrdinalIgnoreCase) ? builder.SetSampler(new ParentBasedSampler(new AlwaysOnSampler())) : builder;
}
