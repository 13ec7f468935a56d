using System.Net;
using Floe.Emulators.Marquez.Answers;
using Floe.Emulators.Marquez.Page;
using Floe.Emulators.Marquez.Store;
using Npgsql;

namespace Floe.Emulators.Marquez;

/// <summary>
/// Receives OpenLineage events and answers what Marquez' clients read of them; its state is in PostgreSQL. A subset of Marquez 0.51: what
/// <c>marquez --help</c> lists. Its page at <c>/</c> draws the graph.
/// </summary>
public static class MarquezServer
{
    private const long LargestRequest = 8 << 20;

    /// <summary>
    /// Builds the server; it listens once started. Of its addresses the first is the API, the second the health check. It starts without the
    /// database and answers 503 until that is there.
    /// </summary>
    public static WebApplication Create(MarquezOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "marquez", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(options.Time);
        builder.AddServiceDefaults();
        // A busy port is told by the command in one sentence, not by a stack trace as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<MarquezDatabase>();
        builder.Services.AddSingleton<EventIntake>();
        builder.Services.AddSingleton<MarquezStartup>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MarquezStartup>());
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddSingleton<JobAnswers>();
        builder.Services.AddSingleton<DatasetAnswers>();
        builder.Services.AddSingleton<GraphAnswers>();
        builder.Services.AddSingleton<EventAnswers>();
        builder.Services.AddSingleton<MarquezRoutes>();
        builder.Services.AddSingleton<ChangeStream>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Listen(IPAddress.Loopback, options.AdminPort, ManagementPort.Mark);
        });

        var app = builder.Build();
        app.MapWhen(ManagementPort.Is, health => health.Run(HealthAsync));
        app.MapWhen(PageFiles.Has, page => page.Run(PageFiles.SendAsync));
        app.MapWhen(ChangeStream.Is, changes => changes.Run(app.Services.GetRequiredService<ChangeStream>().SendAsync));
        app.UseMiddleware<ErrorResponses>();
        app.Run(app.Services.GetRequiredService<MarquezRoutes>().HandleAsync);
        return app;
    }

    /// <summary><c>/ping</c> and <c>/healthcheck</c>, in the shape of Dropwizard's.</summary>
    private static async Task HealthAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/ping":
                await http.Response.WriteAsync("pong\n", http.RequestAborted);
                break;
            case "/healthcheck":
                var problem = await DatabaseProblemAsync(http);
                var check = new System.Text.Json.Nodes.JsonObject { ["healthy"] = problem is null };
                if (problem is not null)
                    check["message"] = problem;
                await http.WriteJsonAsync(problem is null ? 200 : 503, new System.Text.Json.Nodes.JsonObject { ["postgresql"] = check });
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task<string?> DatabaseProblemAsync(HttpContext http)
    {
        if (!http.RequestServices.GetRequiredService<MarquezStartup>().Done)
            return "the database is not set up yet";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await http.RequestServices.GetRequiredService<MarquezDatabase>().Direct.ExecuteAsync("select 1", patience.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            return "the database does not answer";
        }
    }
}
