using System.Net;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Serving;
using Floe.CubeProxy.Snapshots;
using Floe.Lakehouse;
using Microsoft.Extensions.Options;

namespace Floe.CubeProxy.Upstream;

/// <summary>Puts together what stands before a real Cube.</summary>
internal static class UpstreamServices
{
    // More wait their turn here than with Cube, which answers some at a time.
    private const int Connections = 256;

    // Shorter than the 5 s after which Node closes an idle connection.
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _connecting = TimeSpan.FromMilliseconds(900);

    public static bool HasUpstream(this IConfiguration configuration) => configuration[UpstreamSettings.AddressKey] is { Length: > 0 };

    /// <param name="services">Where a table source may be registered.</param>
    /// <param name="model">What Cube serves, as far as it can be read here.</param>
    /// <param name="tables">The tables that answers depend on; null: not known.</param>
    public static void AddUpstream(this IServiceCollection services, SemanticModel? model, ModelTables? tables)
    {
        if (model is not null) services.AddSingleton(model);
        services.AddValidatedOptions<UpstreamSettings>(UpstreamSettings.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<UpstreamSettings>>().Value);
        services.AddSingleton<UpstreamTokens>();
        services.AddSingleton(provider => new DependencyWatch(
            DependenciesOf(provider), NewClient(), provider.GetRequiredService<EngineOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DependencyWatch>>()));
        services.AddSingleton(provider => new UpstreamClient(
            provider.GetRequiredService<UpstreamSettings>(), provider.GetRequiredService<UpstreamTokens>(), provider.GetRequiredService<DependencyWatch>(),
            NewClient(provider.GetRequiredService<UpstreamSettings>().Address), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new TableWatch(
            provider.GetService<ITableSource>(), tables, provider.GetRequiredService<EngineOptions>(), provider.GetServices<IRefreshObserver>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TableWatch>>()));
        services.AddSingleton<UpstreamReadiness>();
        services.AddSingleton<UpstreamApi>();
        services.AddHostedService(provider => provider.GetRequiredService<DependencyWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<TableWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<UpstreamReadiness>());
        services.AddHealthChecks().AddCheck<UpstreamReadiness>("cube");
    }

    private static IReadOnlyList<Dependency> DependenciesOf(IServiceProvider provider)
    {
        var cube = new Dependency("Cube", new Uri(provider.GetRequiredService<UpstreamSettings>().Address, "/livez"), AnyStatus: true);
        return provider.GetService<LakehouseConnection>() is not { } lakehouse
            ? [cube]
            : [new("the catalog", new Uri($"{lakehouse.CatalogUri.ToString().TrimEnd('/')}/v1/config")), new("the object storage", lakehouse.StoreEndpoint), cube];
    }

    private static HttpClient NewClient(Uri? address = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = _connecting,
        PooledConnectionIdleTimeout = _idle,
        MaxConnectionsPerServer = Connections,
    })
    {
        BaseAddress = address,
        // Every call has its own.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
