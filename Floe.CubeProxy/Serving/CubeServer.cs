using System.Net;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Lineage;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Page;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Snapshots;
using Floe.CubeProxy.SqlApi;
using Floe.CubeProxy.Upstream;
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
        // First of the services that run: what the others emit when they stop is delivered too.
        builder.AddLineage();

        var hasUpstream = builder.Configuration.HasUpstream();
        var model = ReadModel(options.Model, out var problem);
        if (model is null && !hasUpstream) throw new ConfigurationException(problem!);
        if (!hasUpstream && builder.Configuration.GetSection(UpstreamSettings.Section).GetChildren().FirstOrDefault(setting => setting.Value is not (null or "")) is { } unread)
            throw new ConfigurationException($"{unread.Path} is set, but {UpstreamSettings.AddressKey} is not; give the address of a Cube, or remove both.");
        builder.Services.AddSingleton(ReadSecret(options.Secret ?? builder.Configuration[ApiSecret.Key], overLakehouse: options.Data is null));
        builder.Services.AddValidatedOptions<CubeSettings>(CubeSettings.Section);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<CubeSettings>>().Value.Engine);
        builder.Services.AddSingleton(services => new AnswerCache(services.GetRequiredService<IOptions<CubeSettings>>().Value.CacheMegabytes * 1024L * 1024));
        builder.Services.AddSingleton(TokenSettings.Read(builder.Configuration));
        builder.Services.AddHttpClient(nameof(SigningKeys)).AddStandardResilience();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SigningKeys>(services, services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(SigningKeys))));
        builder.Services.AddSingleton<QueryNormalizer>();
        builder.Services.AddSingleton<QueryLineage>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QueryLineage>());
        builder.Services.AddSingleton<QueryRecord>();
        builder.Services.AddSingleton<TokenCheck>();
        if (hasUpstream) builder.Services.AddUpstream(model, model is null ? null : AllTablesOf(model));
        else AddEngine(builder.Services, model!);
        builder.AddPage();
        builder.AddSqlApi(options.SqlPort, overLakehouse: options.Data is null, hasUpstream);
        if (options.Data is { } folder)
        {
            builder.Services.AddSingleton<ITableSource>(new FolderTableSource(Path.GetFullPath(folder)));
        }
        // Before a Cube over some other data source there is none.
        else if (!hasUpstream || builder.Configuration.GetConnectionString("lakehouse") is not null)
        {
            builder.Services.AddLakehouse(builder.Configuration);
            builder.Services.AddSingleton<ITableSource, LakehouseTableSource>();
            if (model is not null) builder.Services.AddSingleton<IRefreshObserver, CubeLineage>();
        }

        var app = builder.Build();
        if (hasUpstream) SayWhatIsKept(app, model, problem);
        else SayWhatIsLeftAside(app, model!);
        app.MapDefaultEndpoints();
        app.MapPage();
        app.MapCubeApi();
        return app;
    }

    private static void AddEngine(IServiceCollection services, SemanticModel model)
    {
        services.AddSingleton(model);
        services.AddSingleton(TablesOf(model));
        services.AddSingleton<QueryPlanner>();
        services.AddSingleton<QueryEngine>();
        services.AddSingleton(provider => new SnapshotStore(provider.GetRequiredService<EngineOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<QueryPlanner>().Rollups, provider.GetRequiredService<QueryPlanner>().Check));
        services.AddSingleton<SnapshotRefresher>();
        services.AddHostedService(provider => provider.GetRequiredService<SnapshotRefresher>());
        services.AddSingleton<CubeApi>();
        services.AddHealthChecks().AddCheck<DataLoadedCheck>("data");
    }

    private static void SayWhatIsLeftAside(WebApplication app, SemanticModel model)
    {
        foreach (var notice in model.Notices.Concat(app.Services.GetRequiredService<QueryPlanner>().Notices)) app.Logger.LogInformation("{Notice}", notice);
        foreach (var rollup in app.Services.GetRequiredService<QueryPlanner>().Rollups.Where(rollup => rollup.Unusable.Count > 0))
            app.Logger.LogInformation("Rollup {Rollup} cannot add up {Measures}; queries for them read the tables.", rollup.Name, string.Join(", ", rollup.Unusable.Select(measure => measure.FullName)));
    }

    private static void SayWhatIsKept(WebApplication app, SemanticModel? model, string? problem)
    {
        var why = problem ?? (AllTablesOf(model!) is null ? "a cube of the model reads a query instead of a table, so that its tables are not known." : app.Services.GetService<ITableSource>() is null ? "neither a lakehouse nor a data folder says when the data change." : null);
        if (why is not null) app.Logger.LogInformation("Answers of Cube are not kept: {Why}", why);
    }

    private static SemanticModel? ReadModel(string folder, out string? problem)
    {
        try
        {
            problem = null;
            return ModelFolder.Read(folder);
        }
        catch (ModelException e)
        {
            problem = e.Message;
            return null;
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

    // A query of the model's own may read any table.
    private static ModelTables? AllTablesOf(SemanticModel model) => model.Cubes.Any(cube => cube.Sql is not null) ? null : TablesOf(model);
}
