using System.Net;
using Floe.Emulators.Polaris;
using Floe.Lakehouse.Catalog;
using Floe.SeedWorker;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Jobs;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>PostgreSQL, an S3 store and Polaris for the tests of a class, and workers on them.</summary>
public sealed class Street : IAsyncLifetime
{
    public const string RootSecret = "root-secret-of-a-test";

    private readonly PostgresFixture _postgres = new();
    private readonly MinioFixture _minio = new();
    private readonly string _cache = Path.Combine(Path.GetTempPath(), "floe-street-" + Guid.NewGuid().ToString("N"));
    private WebApplication? _polaris;
    private string _polarisDatabase = "";

    public MinioFixture Minio => _minio;

    public string PolarisEndpoint { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _minio.InitializeAsync());
        _polarisDatabase = await _postgres.CreateDatabaseAsync();
        await StartPolarisAsync();
    }

    private async Task StartPolarisAsync()
    {
        _polaris = PolarisServer.Create(new PolarisOptions
        {
            Port = 0,
            ManagementPort = 0,
            ConnectionString = _polarisDatabase,
            RootClientId = "root",
            RootClientSecret = RootSecret,
            AwsAccessKeyId = _minio.AccessKey,
            AwsSecretAccessKey = _minio.SecretKey,
        });
        await _polaris.StartAsync();
        PolarisEndpoint = _polaris.Urls.First();
    }

    /// <summary>Settings of a worker of a lakehouse of its own: own catalog, bucket and run database.</summary>
    public async Task<Dictionary<string, string?>> NewLakehouseAsync()
    {
        var name = "lake" + Guid.NewGuid().ToString("N")[..8];
        // Principals are the realm's, not the catalog's: tests of one class run one after the other and share their credentials.
        return new()
        {
            ["ConnectionStrings:minio"] = _minio.ConnectionString,
            ["ConnectionStrings:polaris"] = $"Endpoint={PolarisEndpoint};ClientId=root;ClientSecret={RootSecret}",
            ["ConnectionStrings:lakehouse"] = $"Uri={PolarisEndpoint}/api/catalog;Warehouse={name};ClientId=0123456789abcdef;ClientSecret=writer-secret;Scope=PRINCIPAL_ROLE:ALL",
            ["ConnectionStrings:lakehouse_reader"] = $"Uri={PolarisEndpoint}/api/catalog;Warehouse={name};ClientId=fedcba9876543210;ClientSecret=reader-secret;Scope=PRINCIPAL_ROLE:ALL",
            ["ConnectionStrings:floe"] = await _postgres.CreateDatabaseAsync(),
            ["Lakehouse:Bucket"] = name,
            ["Lakehouse:CacheDirectory"] = _cache,
            ["Bootstrap:TimeoutSeconds"] = "60",
        };
    }

    /// <summary>A worker, as the program builds it; not started.</summary>
    public static WebApplication Worker(Dictionary<string, string?> settings, Action<Dictionary<string, string?>>? change = null)
    {
        var mine = new Dictionary<string, string?>(settings);
        change?.Invoke(mine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(mine);
        builder.Logging.ClearProviders();
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
        if (_polaris is not null)
        {
            await _polaris.StopAsync();
            await _polaris.DisposeAsync();
        }

        await _minio.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await _postgres.DisposeAsync();
        if (Directory.Exists(_cache))
            Directory.Delete(_cache, recursive: true);
    }
}
