using System.Net;
using Floe.Lakehouse.Catalog;
using Floe.SeedWorker;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Jobs;
using Floe.Tests.Lakehouse;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>PostgreSQL, an S3 store and Polaris for the tests of a class, and workers on them.</summary>
public sealed class Street : IAsyncLifetime
{
    private readonly StoreAndCatalog _services = new();
    private readonly string _cache = Path.Combine(Path.GetTempPath(), "floe-street-" + Guid.NewGuid().ToString("N"));

    public MinioFixture Minio => _services.Minio;

    public string PolarisEndpoint => _services.PolarisEndpoint;

    public Task InitializeAsync() => _services.InitializeAsync();

    /// <summary>Settings of a worker of a lakehouse of its own: own catalog, bucket and run database.</summary>
    public async Task<Dictionary<string, string?>> NewLakehouseAsync()
    {
        var name = "lake" + Guid.NewGuid().ToString("N")[..8];
        // Principals are the realm's, not the catalog's: tests of one class run one after the other and share their credentials.
        return new()
        {
            ["ConnectionStrings:minio"] = Minio.ConnectionString,
            ["ConnectionStrings:polaris"] = $"Endpoint={PolarisEndpoint};ClientId={StoreAndCatalog.RootId};ClientSecret={StoreAndCatalog.RootSecret}",
            ["ConnectionStrings:lakehouse"] = $"Uri={PolarisEndpoint}/api/catalog;Warehouse={name};ClientId=0123456789abcdef;ClientSecret=writer-secret;Scope=PRINCIPAL_ROLE:ALL",
            ["ConnectionStrings:lakehouse_reader"] = $"Uri={PolarisEndpoint}/api/catalog;Warehouse={name};ClientId=fedcba9876543210;ClientSecret=reader-secret;Scope=PRINCIPAL_ROLE:ALL",
            ["ConnectionStrings:floe"] = await _services.Postgres.CreateDatabaseAsync(),
            ["Lakehouse:Bucket"] = name,
            ["Lakehouse:CacheDirectory"] = _cache,
            ["Transform:TargetDirectory"] = Path.Combine(_cache, "dbt", name),
            ["Bootstrap:TimeoutSeconds"] = "60",
            ["Schedule:Cron"] = "",
            ["Schedule:MaintainCron"] = "",
            ["Retry:FirstDelaySeconds"] = "0.05",
        };
    }

    /// <summary>A worker, as the program builds it; not started.</summary>
    public static WebApplication Worker(Dictionary<string, string?> settings, Action<Dictionary<string, string?>>? change = null, ILoggerProvider? log = null)
    {
        var mine = new Dictionary<string, string?>(settings);
        change?.Invoke(mine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(mine);
        builder.Logging.ClearProviders();
        if (log is not null)
            builder.Logging.AddProvider(log);
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.AddServiceDefaults();
        builder.AddSeedWorker();
        foreach (var client in (string[])[LakehouseBootstrap.HttpClientName, RestCatalog.HttpClientName])
            builder.Services.AddHttpClient(client).AddHttpMessageHandler(() => new JudgedHandler());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapJobsApi();
        return app;
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        if (Directory.Exists(_cache))
            Directory.Delete(_cache, recursive: true);
    }
}
