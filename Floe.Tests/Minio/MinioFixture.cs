using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Floe.Emulators.Minio;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>
/// An S3 store in this process: own folder, free port, gone after the tests. As a class or collection fixture, or by hand with
/// <see cref="InitializeAsync"/> and <see cref="DisposeAsync"/>. With <c>FLOE_S3_URL</c>, <c>FLOE_S3_KEY</c> and <c>FLOE_S3_SECRET</c> the tests
/// of the category Conformance judge another server, for example a real MinIO (docs/conformance.md).
/// </summary>
public sealed class MinioFixture : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "floe-minio-" + Guid.NewGuid().ToString("N"));
    private readonly ConcurrentBag<string> _made = [];
    private WebApplication? _app;
    private AmazonS3Client? _client;

    private static readonly string? External = Environment.GetEnvironmentVariable("FLOE_S3_URL") is { Length: > 0 } url ? url : null;

    /// <summary>The access key.</summary>
    public string AccessKey { get; } = External is null ? "floe-test" : Environment.GetEnvironmentVariable("FLOE_S3_KEY") ?? throw new InvalidOperationException("FLOE_S3_URL is set, but FLOE_S3_KEY or FLOE_S3_SECRET is not; set all three.");

    /// <summary>Its secret.</summary>
    public string SecretKey { get; } = External is null ? "floe-test-secret" : Environment.GetEnvironmentVariable("FLOE_S3_SECRET") ?? throw new InvalidOperationException("FLOE_S3_URL is set, but FLOE_S3_KEY or FLOE_S3_SECRET is not; set all three.");

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
        _made.Add(name);
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
        _app = await MinioServer.CreateAsync(new MinioOptions { DataDirectory = _directory, AccessKey = AccessKey, SecretKey = SecretKey });
        await _app.StartAsync();
        Endpoint = _app.Urls.Single();
        _client = NewClient();
    }

    /// <summary>Stops the store and removes its folder.</summary>
    public async Task DisposeAsync()
    {
        if (External is not null)
            await RemoveBucketsAsync();
        _client?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Another server is left as it was found.</summary>
    private async Task RemoveBucketsAsync()
    {
        foreach (var bucket in _made)
        {
            try
            {
                foreach (var upload in (await Client.ListMultipartUploadsAsync(bucket)).MultipartUploads ?? [])
                    await Client.AbortMultipartUploadAsync(bucket, upload.Key, upload.UploadId);
                var request = new ListObjectsV2Request { BucketName = bucket };
                ListObjectsV2Response page;
                do
                {
                    page = await Client.ListObjectsV2Async(request);
                    if (page.S3Objects is { Count: > 0 } found)
                        await Client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = bucket, Objects = found.ConvertAll(o => new KeyVersion { Key = o.Key }) });
                    request.ContinuationToken = page.NextContinuationToken;
                }
                while (page.IsTruncated == true);
                await Client.DeleteBucketAsync(bucket);
            }
            catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket")
            {
                // The test has deleted it itself.
            }
        }
    }
}
