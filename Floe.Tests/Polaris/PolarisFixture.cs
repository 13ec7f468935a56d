using Floe.Emulators.Polaris;
using Floe.Tests.Emulators;
using Floe.Tests.Minio;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Xunit;

namespace Floe.Tests.Polaris;

/// <summary>
/// Two catalog servers on one database and one object store, as two processes would be. With <c>FLOE_POLARIS_URL</c>, <c>FLOE_POLARIS_CLIENT</c>
/// and <c>FLOE_POLARIS_SECRET</c> (and the store by <see cref="MinioFixture"/>'s variables) the tests of the category Conformance judge another
/// server, for example a real Polaris; <c>FLOE_POLARIS_S3_URL</c> is the store's address as that server sees it (docs/conformance.md).
/// </summary>
public sealed class PolarisFixture : IAsyncLifetime
{
    private static readonly string? s_external = Environment.GetEnvironmentVariable("FLOE_POLARIS_URL") is { Length: > 0 } url ? url.TrimEnd('/') : null;

    public static string RootClientId { get; } = Setting("FLOE_POLARIS_CLIENT", "root");

    public static string RootSecret { get; } = Setting("FLOE_POLARIS_SECRET", "root-secret-of-the-tests");

    private readonly PostgresFixture _postgres = new();
    private readonly List<WebApplication> _servers = [];
    private readonly List<EmulatorProcess> _started = [];
    private string _connectionString = "";
    private Task<PolarisApi[]>? _processes;
    private Task<Lake>? _shared;

    public MinioFixture Minio { get; } = new();

    public string Bucket { get; private set; } = "";

    /// <summary>The store's address for a catalog's storage settings.</summary>
    public string StoreEndpoint => Environment.GetEnvironmentVariable("FLOE_POLARIS_S3_URL") is { Length: > 0 } url && s_external is not null ? url.TrimEnd('/') : Minio.Endpoint;

    public PolarisApi First { get; private set; } = null!;

    public PolarisApi Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (s_external is not null)
        {
            if (Minio.IsEmbedded)
                throw new InvalidOperationException("FLOE_POLARIS_URL is set, but FLOE_S3_URL, FLOE_S3_KEY and FLOE_S3_SECRET are not: the catalog at that address needs a store that is there too.");
            await Minio.InitializeAsync();
            Bucket = await Minio.NewBucketAsync();
            First = new PolarisApi(s_external, s_external);
            Second = new PolarisApi(s_external, s_external);
            return;
        }

        await Task.WhenAll(_postgres.InitializeAsync(), Minio.InitializeAsync());
        _connectionString = await _postgres.CreateDatabaseAsync();
        Bucket = await Minio.NewBucketAsync();
        // Both at once: the tables are made by two processes that do not know of each other.
        var servers = await Task.WhenAll(StartAsync(), StartAsync());
        (First, Second) = (servers[0], servers[1]);
    }

    public Task<string> NewDatabaseAsync() => _postgres.CreateDatabaseAsync();

    /// <summary>One more server, on the fixture's database unless told otherwise; ready when <paramref name="waitUntilReady"/>.</summary>
    public async Task<PolarisApi> StartAsync(string? connectionString = null, TimeProvider? time = null, string? rootSecret = null, bool waitUntilReady = true)
    {
        var server = PolarisServer.Create(new()
        {
            Port = 0,
            ManagementPort = 0,
            ConnectionString = connectionString ?? _connectionString,
            RootClientId = RootClientId,
            RootClientSecret = rootSecret ?? RootSecret,
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

    /// <summary>Three servers as processes of their own, on the same database and store.</summary>
    public Task<PolarisApi[]> ProcessesAsync() => _processes ??= Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
    {
        var (process, api) = await StartProcessAsync();
        lock (_started)
            _started.Add(process);
        return api;
    }));

    /// <summary>One more process, which the caller ends; with the log at its most talkative where <paramref name="trace"/>.</summary>
    internal async Task<(EmulatorProcess Process, PolarisApi Api)> StartProcessAsync(bool trace = false)
    {
        var database = new NpgsqlConnectionStringBuilder(_connectionString);
        var (port, management) = (PostgresLauncher.FreePort(), PostgresLauncher.FreePort());
        var process = EmulatorProcess.Start(
            Path.GetTempPath(),
            ["polaris", "--port", $"{port}", "--management-port", $"{management}"],
            ("QUARKUS_DATASOURCE_JDBC_URL", $"jdbc:postgresql://{database.Host}:{database.Port}/{database.Database}"),
            ("QUARKUS_DATASOURCE_USERNAME", database.Username!),
            ("QUARKUS_DATASOURCE_PASSWORD", database.Password!),
            ("POLARIS_BOOTSTRAP_CREDENTIALS", $"POLARIS,{RootClientId},{RootSecret}"),
            ("AWS_ACCESS_KEY_ID", Minio.AccessKey),
            ("AWS_SECRET_ACCESS_KEY", Minio.SecretKey),
            ("Logging__LogLevel__Default", trace ? "Trace" : "Information"),
            ("Logging__LogLevel__Microsoft.AspNetCore", trace ? "Trace" : "Warning"));
        await process.SaysAsync("The catalog is ready");
        return (process, new PolarisApi($"http://127.0.0.1:{port}", $"http://127.0.0.1:{management}"));
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

        foreach (var process in _started)
            await process.DisposeAsync();
        await Minio.DisposeAsync();
        if (s_external is null)
            await _postgres.DisposeAsync();
    }

    private static string Setting(string variable, string embedded) => s_external is null ? embedded
        : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value
        : throw new InvalidOperationException($"FLOE_POLARIS_URL is set, but {variable} is not; set FLOE_POLARIS_CLIENT and FLOE_POLARIS_SECRET to the root principal's credentials.");
}

[CollectionDefinition(Name)]
public sealed class PolarisCollection : ICollectionFixture<PolarisFixture>
{
    public const string Name = "Polaris";
}
