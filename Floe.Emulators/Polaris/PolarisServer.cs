using System.Net;
using Floe.Emulators.Polaris.Bootstrap;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables;
using Floe.Emulators.Polaris.Tokens;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Floe.Emulators.Polaris;

/// <summary>
/// An Iceberg REST catalog with Polaris' management API and access rules; its state is in PostgreSQL, table metadata in S3. It answers as
/// Apache Polaris 1.7 does within what <c>GET /v1/config</c> lists; it hands out no storage credentials.
/// </summary>
public static class PolarisServer
{
    private const long LargestRequest = 64 << 20;

    /// <summary>
    /// Builds the server; it listens once started. Of its addresses the first is the API, the second the health checks. It starts without the
    /// database and answers 503 until that is there.
    /// </summary>
    public static WebApplication Create(PolarisOptions options)
    {
        // Slim: no HTTPS, no IIS, no regex routes; every service of the stack starts at once on few cores.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "polaris", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(options.Time);
        builder.AddServiceDefaults();
        // A busy port is told by the command in one sentence, not by a stack trace as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<PolarisDatabase>();
        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddSingleton<ObjectStorage>();
        builder.Services.AddSingleton<MetadataFiles>();
        builder.Services.AddSingleton<TableCommits>();
        builder.Services.AddSingleton<RealmStartup>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RealmStartup>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Listen(IPAddress.Loopback, options.ManagementPort, ManagementPort.Mark);
        });

        var app = builder.Build();
        app.MapWhen(ManagementPort.Is, health => health.Run(HealthEndpoints.HandleAsync));
        app.UseMiddleware<ErrorResponses>();
        app.UseMiddleware<StartupGate>();
        app.UseMiddleware<Authentication>();
        app.UseRouting();
        PolarisRoutes.Map(app);
        return app;
    }
}
