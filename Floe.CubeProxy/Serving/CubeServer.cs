using System.Net;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Snapshots;
using Floe.Lakehouse;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Options;

namespace Floe.CubeProxy.Serving;

/// <summary>Puts the service together: model, data, engine, API.</summary>
public static class CubeServer
{
    private const long LargestBody = 1024 * 1024;

    /// <exception cref="ConfigurationException">A setting or the model breaks a rule.</exception>
    public static WebApplication Create(CubeServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            if (options.Port is { } port) kestrel.Listen(IPAddress.Loopback, port);
        });
        // What stops the start is said once, in one sentence, by the caller.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        configure?.Invoke(builder);
        if (options.Clock is { } clock) builder.Services.AddSingleton<TimeProvider>(new StandingClock(clock));
        builder.AddServiceDefaults();

        var model = ReadModel(options.Model);
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton(ReadSecret(options.Secret ?? builder.Configuration[ApiSecret.Key], overLakehouse: options.Data is null));
        builder.Services.AddValidatedOptions<CubeSettings>(CubeSettings.Section);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<CubeSettings>>().Value.Engine);
        builder.Services.AddSingleton(services => new AnswerCache(services.GetRequiredService<IOptions<CubeSettings>>().Value.CacheMegabytes * 1024L * 1024));
        builder.Services.AddSingleton(TokenSettings.Read(builder.Configuration));
        builder.Services.AddHttpClient(nameof(SigningKeys)).AddStandardResilience();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SigningKeys>(services, services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(SigningKeys))));
        builder.Services.AddSingleton(TablesOf(model));
        builder.Services.AddSingleton<QueryNormalizer>();
        builder.Services.AddSingleton<QueryPlanner>();
        builder.Services.AddSingleton<QueryEngine>();
        builder.Services.AddSingleton(services => new SnapshotStore(services.GetRequiredService<EngineOptions>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<QueryPlanner>().Rollups));
        builder.Services.AddSingleton<SnapshotRefresher>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SnapshotRefresher>());
        builder.Services.AddSingleton<TokenCheck>();
        builder.Services.AddSingleton<CubeApi>();
        builder.Services.AddHealthChecks().AddCheck<DataLoadedCheck>("data");
        if (options.Data is { } folder)
        {
            builder.Services.AddSingleton<ITableSource>(new FolderTableSource(Path.GetFullPath(folder)));
        }
        else
        {
            builder.Services.AddLakehouse(builder.Configuration);
            builder.Services.AddSingleton<ITableSource, LakehouseTableSource>();
        }

        var app = builder.Build();
        foreach (var notice in model.Notices.Concat(app.Services.GetRequiredService<QueryPlanner>().Notices)) app.Logger.LogInformation("{Notice}", notice);
        foreach (var rollup in app.Services.GetRequiredService<QueryPlanner>().Rollups.Where(rollup => rollup.Unusable.Count > 0))
            app.Logger.LogInformation("Rollup {Rollup} cannot add up {Measures}; queries for them read the tables.", rollup.Name, string.Join(", ", rollup.Unusable.Select(measure => measure.FullName)));
        app.MapDefaultEndpoints();
        app.MapCubeApi();
        return app;
    }

    private static SemanticModel ReadModel(string folder)
    {
        try
        {
            return ModelFolder.Read(folder);
        }
        catch (ModelException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private static ApiSecret ReadSecret(string? secret, bool overLakehouse) => secret switch
    {
        null or "" => throw new ConfigurationException($"{ApiSecret.Key} is not set; the AppHost sets it, alone set the environment variable: tokens are signed with it."),
        // Files are for trying out, with any secret; the lakehouse is worth guessing one.
        { Length: < ApiSecret.ShortestOverLakehouse } when overLakehouse => throw new ConfigurationException(
            $"{ApiSecret.Key} is too short: over the lakehouse it must have at least {ApiSecret.ShortestOverLakehouse} characters, because tokens are signed with it; set a longer one, such as 'openssl rand -hex 32' prints."),
        _ => new ApiSecret(secret),
    };

    private static ModelTables TablesOf(SemanticModel model) => new([.. model.Cubes.Select(cube => cube.Table).OfType<TableName>().Distinct()]);
}
