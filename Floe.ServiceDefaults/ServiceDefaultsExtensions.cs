using Floe.ServiceDefaults.Health;
using Floe.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of Floe does the same way: telemetry, health, readable console lines.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds OTLP traces, metrics and logs (active when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set), health checks and one-line console logging.
    /// Activity sources and meters named <c>Floe.*</c> are collected without further registration.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Not ready is an answer, given by the endpoint; it is no error of the service.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A health poll every second must not flood console and structured logs with two lines per outgoing request.
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = false;
        });
        builder.AddServiceTelemetry();
        builder.AddDefaultHealthChecks();
        return builder;
    }

    /// <summary>
    /// What of <see cref="AddServiceDefaults"/> is left for a process that answers no HTTP and writes its console itself: metrics (<c>Floe.*</c> and the
    /// runtime's) and logs over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static TBuilder AddProcessDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddProcessTelemetry();
        return builder;
    }

    /// <summary>Maps <c>/health</c> (readiness: every check passes) and <c>/alive</c> (liveness: the process answers).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        HealthEndpoints.Map(app);
        return app;
    }
}
