using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Aspire.Surface;

#pragma warning disable ASPIREPIPELINES001

/// <summary>The surfaces of an AppHost over resources that the test itself moves: no DCP, no process of its own unless asked for.</summary>
internal sealed class SurfaceHost : IAsyncDisposable
{
    public const string ResourceServiceKey = "resource-service-key", BrowserToken = "browser-token-1234", ApiKey = "telemetry-api-key";

    private readonly IHost _host;

    private SurfaceHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService Notifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceLoggerService Logs => Services.GetRequiredService<ResourceLoggerService>();

    public DashboardEndpoints Endpoints => Services.GetRequiredService<DashboardEndpoints>();

    public IHostApplicationLifetime Lifetime => Services.GetRequiredService<IHostApplicationLifetime>();

    /// <summary>What the AppHost has logged.</summary>
    public LogLines Log { get; private init; } = new();

    public static Task<SurfaceHost> StartAsync(Action<IServiceCollection> surfaces, params IResource[] resources) => StartAsync(surfaces, [], resources);

    public static async Task<SurfaceHost> StartAsync(Action<IServiceCollection> surfaces, Dictionary<string, string?> configuration, params IResource[] resources)
    {
        var log = new LogLines();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["AppHost:DashboardApplicationName"] = "Surface";
        builder.Configuration["AppHost:FilePath"] = $"/tests/{Guid.NewGuid():N}/Surface.AppHost.csproj";
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.AddProvider(log);
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run));
        services.AddSingleton(new DistributedApplicationModel([.. resources]));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton(s => new ResourceCommandService(s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
        services.AddSingleton<IDistributedApplicationPipeline>(new DistributedApplicationPipeline());
        services.AddSingleton(new DashboardEndpoints
        {
            Enabled = true,
            Frontend = FreeUrl(),
            OtlpGrpc = FreeUrl(),
            OtlpHttp = FreeUrl(),
            ResourceService = FreeUrl(),
            BrowserToken = BrowserToken,
            OtlpApiKey = "otlp-key",
            DashboardApiKey = ApiKey,
            ResourceServiceApiKey = ResourceServiceKey,
        });
        surfaces(services);
        var host = builder.Build();
        await host.StartAsync();
        var surface = new SurfaceHost(host) { Log = log };
        foreach (var resource in resources)
        {
            await surface.Notifications.PublishUpdateAsync(resource, s => s with { CreationTimeStamp = DateTime.UtcNow });
        }

        await surface.UntilFedAsync(resource => resource.Snapshot.CreationTimeStamp is not null, resources);
        return surface;
    }

    /// <summary>Waits until the feed, which follows the notifications, has the resources in this state.</summary>
    public async Task UntilFedAsync(Func<ResourceEvent, bool> state, params IResource[] resources)
    {
        if (Services.GetService<ResourceFeed>() is not { } feed)
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!resources.All(resource => feed.Find(resource.Name) is { } newest && state(newest)))
        {
            await Task.Delay(5, patience.Token);
        }
    }

    public T HostedService<T>() where T : IHostedService => Services.GetServices<IHostedService>().OfType<T>().Single();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static Uri FreeUrl() => new UriBuilder("http", "localhost", Postgres.PostgresLauncher.FreePort()).Uri;
}

/// <summary>A resource of the test's own kind.</summary>
internal sealed class ThingResource : Resource
{
    public ThingResource(string name, Func<ExecuteCommandContext, Task<ExecuteCommandResult>>? ping = null) : base(name)
    {
        Annotations.Add(new ResourceSnapshotAnnotation(new CustomResourceSnapshot { ResourceType = "Thing", Properties = [], State = KnownResourceStates.NotStarted }));
        if (ping is not null)
        {
            Annotations.Add(new ResourceCommandAnnotation("ping", "Ping", _ => ResourceCommandState.Enabled, ping, new CommandOptions
            {
                Description = "Says hello",
                IconName = "Play",
                IsHighlighted = true,
                ConfirmationMessage = "Sure?",
                Arguments = [new InteractionInput { Name = "who", InputType = InputType.Text, Required = true }],
            }));
        }
    }
}
