using Amazon.Runtime;
using Amazon.S3;
using Floe.Emulators.Minio;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>
/// An S3 store in this process: own folder, free port, gone after the tests. As a class or collection fixture, or by hand with
/// <see cref="InitializeAsync"/> and <see cref="DisposeAsync"/>. With <c>FLOE_TEST_S3_ENDPOINT</c>, <c>FLOE_TEST_S3_ACCESS_KEY</c> and
/// <c>FLOE_TEST_S3_SECRET_KEY</c> the same tests judge another server, for example a real MinIO.
/// </summary>
public sealed class MinioFixture : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "floe-minio-" + Guid.NewGuid().ToString("N"));
    private WebApplication? _app;
    private AmazonS3Client? _client;

    private static readonly string? External = Environment.GetEnvironmentVariable("FLOE_TEST_S3_ENDPOINT");

    /// <summary>The access key.</summary>
    public string AccessKey { get; } = External is null ? "floe-test" : Environment.GetEnvironmentVariable("FLOE_TEST_S3_ACCESS_KEY") ?? "minioadmin";

    /// <summary>Its secret.</summary>
    public string SecretKey { get; } = External is null ? "floe-test-secret" : Environment.GetEnvironmentVariable("FLOE_TEST_S3_SECRET_KEY") ?? "minioadmin";

    /// <summary>The store runs here, so its folder can be looked into.</summary>
    public bool IsEmbedded => External is null;

    /// <summary>The region that the store reports.</summary>
    public string Region => "us-east-1";

    /// <summary><c>http://127.0.0.1:{port}</c>.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>The connection string as the AppHost gives it (<c>ConnectionStrings__minio</c>).</summary>
    public string ConnectionString => $"Endpoint={Endpoint};AccessKey={AccessKey};SecretKey={SecretKey};Region={Region}";

    /// <summary>The store's data directory.</summary>
    public string DataDirectory => _directory;

    /// <summary>A client with the SDK's default settings, path style.</summary>
    public AmazonS3Client Client => _client ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>Another client: other keys, or settings of its own. The caller disposes it.</summary>
    public AmazonS3Client NewClient(Action<AmazonS3Config>? configure = null, string? accessKey = null, string? secretKey = null) =>
        ClientFor(Endpoint, accessKey ?? AccessKey, secretKey ?? SecretKey, configure);

    /// <summary>A path-style client for any endpoint; it does not retry, so that tests see the first answer.</summary>
    public static AmazonS3Client ClientFor(string endpoint, string accessKey, string secretKey, Action<AmazonS3Config>? configure = null)
    {
        var config = new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 };
        configure?.Invoke(config);
        return new AmazonS3Client(new BasicAWSCredentials(accessKey, secretKey), config);
    }

    /// <summary>Creates a bucket with a name of its own.</summary>
    public async Task<string> NewBucketAsync()
    {
        var name = "t-" + Guid.NewGuid().ToString("N")[..20];
        await Client.PutBucketAsync(name);
        return name;
    }

    /// <summary>Starts the store.</summary>
    public async Task InitializeAsync()
    {
        if (External is not null)
        {
            Endpoint = External.TrimEnd('/');
            _client = NewClient();
            return;
        }
        _app = MinioServer.Create(new MinioOptions { DataDirectory = _directory, AccessKey = AccessKey, SecretKey = SecretKey });
        await _app.StartAsync();
        Endpoint = _app.Urls.Single();
        _client = NewClient();
    }

    /// <summary>Stops the store and removes its folder.</summary>
    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }
}
