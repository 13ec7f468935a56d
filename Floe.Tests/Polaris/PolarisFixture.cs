using Floe.Emulators.Polaris;
using Floe.Tests.Minio;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Floe.Tests.Polaris;

/// <summary>Two catalog servers on one database and one object store, as two processes would be.</summary>
public sealed class PolarisFixture : IAsyncLifetime
{
    public const string RootClientId = "root";

    public const string RootSecret = "root-secret-of-the-tests";

    private readonly PostgresFixture _postgres = new();
    private readonly List<WebApplication> _servers = [];
    private string _connectionString = "";
    private Task<Lake>? _shared;

    public MinioFixture Minio { get; } = new();

    public string Bucket { get; private set; } = "";

    public PolarisApi First { get; private set; } = null!;

    public PolarisApi Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), Minio.InitializeAsync());
        _connectionString = await _postgres.CreateDatabaseAsync();
        Bucket = await Minio.NewBucketAsync();
        // Both at once: the tables are made by two processes that do not know of each other.
        var servers = await Task.WhenAll(StartAsync(), StartAsync());
        (First, Second) = (servers[0], servers[1]);
    }

    public Task<string> NewDatabaseAsync() => _postgres.CreateDatabaseAsync();

    /// <summary>One more server, on the fixture's database unless told otherwise; ready when <paramref name="waitUntilReady"/>.</summary>
    public async Task<PolarisApi> StartAsync(string? connectionString = null, TimeProvider? time = null, string rootSecret = RootSecret, bool waitUntilReady = true)
    {
        var server = PolarisServer.Create(new()
        {
            Port = 0,
            ManagementPort = 0,
            ConnectionString = connectionString ?? _connectionString,
            RootClientId = RootClientId,
            RootClientSecret = rootSecret,
            AwsAccessKeyId = Minio.AccessKey,
            AwsSecretAccessKey = Minio.SecretKey,
            AwsRegion = Minio.Region,
            Time = time ?? TimeProvider.System,
        });
        lock (_servers)
            _servers.Add(server);
        await server.StartAsync();
        var api = new PolarisApi(server.Urls.First(), server.Urls.Last());
        if (waitUntilReady)
            await api.UntilReadyAsync();
        return api;
    }

    /// <summary>A catalog of its own with three namespaces, a writer, a reader and a stranger, made by the steps of the real bootstrap.</summary>
    public async Task<Lake> NewLakeAsync()
    {
        var lake = new Lake(this, $"lake{Guid.NewGuid():N}"[..16]);
        await lake.BootstrapAsync();
        return lake;
    }

    /// <summary>One lake for tests that only need a table or names of their own.</summary>
    public Task<Lake> SharedLakeAsync() => _shared ??= NewLakeAsync();

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }

        await Minio.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PolarisCollection : ICollectionFixture<PolarisFixture>
{
    public const string Name = "Polaris";
}
