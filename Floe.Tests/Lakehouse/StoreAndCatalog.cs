using Floe.Emulators.Polaris;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>PostgreSQL, an S3 store and a catalog without anything in them.</summary>
public sealed class StoreAndCatalog : IAsyncLifetime
{
    public const string RootId = "root";
    public const string RootSecret = "root-secret-of-a-test";

    private WebApplication? _polaris;

    public PostgresFixture Postgres { get; } = new();

    public MinioFixture Minio { get; } = new();

    /// <summary><c>http://127.0.0.1:{port}</c> of the catalog's API.</summary>
    public string PolarisEndpoint { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Postgres.InitializeAsync(), Minio.InitializeAsync());
        _polaris = PolarisServer.Create(new PolarisOptions
        {
            Port = 0,
            ManagementPort = 0,
            ConnectionString = await Postgres.CreateDatabaseAsync(),
            RootClientId = RootId,
            RootClientSecret = RootSecret,
            AwsAccessKeyId = Minio.AccessKey,
            AwsSecretAccessKey = Minio.SecretKey,
            AwsRegion = Minio.Region,
        });
        await _polaris.StartAsync();
        PolarisEndpoint = _polaris.Urls.First();
        await new PolarisApi(PolarisEndpoint, _polaris.Urls.Last()).UntilReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_polaris is not null)
        {
            await _polaris.StopAsync();
            await _polaris.DisposeAsync();
        }

        await Minio.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Postgres.DisposeAsync();
    }
}
