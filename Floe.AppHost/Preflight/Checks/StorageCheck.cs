using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>The object store: a probe object is written, read back and deleted.</summary>
internal static class StorageCheck
{
    private const string ProbePrefix = "floe-preflight/";

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (config.StorageBucket is not { } bucket)
            return Unconfigured.Finding("storage", "StorageBucket", "the deployment brings its own store");
        await using var store = config.StorageType switch
        {
            "gcs" => await GoogleStore.OpenAsync(config, bucket, credentials, http, clock, cancellationToken),
            "adls" => AzureStore.Open(config, bucket, credentials, http),
            _ => (IProbeStore)S3Store.Open(config, bucket, credentials),
        };
        var key = $"{ProbePrefix}{Guid.NewGuid():N}";
        var content = Encoding.UTF8.GetBytes($"floe preflight {key}");
        await store.WriteAsync(key, content, cancellationToken);
        try
        {
            if (!(await store.ReadAsync(key, cancellationToken)).AsSpan().SequenceEqual(content))
                throw new CheckFailedException($"{store.Name} gave back other bytes than were written to {bucket}", "look for a proxy or cache between here and the store");
        }
        finally
        {
            // Also when the reading failed: the probe must not stay.
            await store.DeleteAsync(key, cancellationToken);
        }
        return new($"{store.Name}: a probe object was written to {bucket}, read and deleted", new JsonObject { ["type"] = config.StorageType, ["bucket"] = bucket });
    }
}

/// <summary>What the check does with a store.</summary>
internal interface IProbeStore : IAsyncDisposable
{
    string Name { get; }

    Task WriteAsync(string key, byte[] content, CancellationToken cancellationToken);

    Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken);

    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>S3 and stores with its contract.</summary>
internal sealed class S3Store : IProbeStore
{
    private readonly AmazonS3Client _client;
    private readonly string _bucket;

    private S3Store(AmazonS3Client client, string bucket) => (_client, _bucket) = (client, bucket);

    public string Name => "S3";

    public static S3Store Open(PreflightConfig config, string bucket, Credentials credentials)
    {
        var keys = new BasicAWSCredentials(credentials.Required("AWS_ACCESS_KEY_ID", "the access key"), credentials.Required("AWS_SECRET_ACCESS_KEY", "its secret"));
        var settings = new AmazonS3Config { AuthenticationRegion = credentials.Optional("AWS_REGION") ?? "us-east-1", MaxErrorRetry = 1, ForcePathStyle = config.StorageEndpoint is not null };
        if ((config.StorageEndpoint ?? credentials.Optional("AWS_ENDPOINT_URL_S3")) is { } endpoint)
            (settings.ServiceURL, settings.ForcePathStyle) = (endpoint, true);
        else
            settings.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(settings.AuthenticationRegion);
        return new(new(keys, settings), bucket);
    }

    public Task WriteAsync(string key, byte[] content, CancellationToken cancellationToken) =>
        JudgeAsync(() => _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = new MemoryStream(content) }, cancellationToken), "s3:PutObject");

    public async Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken)
    {
        using var answer = await JudgeAsync(() => _client.GetObjectAsync(_bucket, key, cancellationToken), "s3:GetObject");
        using var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => JudgeAsync(() => _client.DeleteObjectAsync(_bucket, key, cancellationToken), "s3:DeleteObject");

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<T> JudgeAsync<T>(Func<Task<T>> request, string permission)
    {
        try
        {
            return await request();
        }
        catch (AmazonS3Exception e)
        {
            throw e.ErrorCode switch
            {
                "NoSuchBucket" => new CheckFailedException($"S3 has no bucket {_bucket}", $"create the bucket {_bucket}, or correct Floe:Preflight:StorageBucket"),
                "InvalidAccessKeyId" or "SignatureDoesNotMatch" => new CheckFailedException($"S3 refused the keys ({e.ErrorCode})", "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"),
                "AccessDenied" => new CheckFailedException($"S3 does not allow {permission} in {_bucket}", $"give this user {permission} on arn:aws:s3:::{_bucket}/*"),
                _ => new CheckFailedException($"S3 answered {(int)e.StatusCode} {e.ErrorCode} to {permission}", "check the endpoint and look into the store's log"),
            };
        }
        catch (AmazonClientException e)
        {
            throw new CheckFailedException($"S3 cannot be reached: {(e.InnerException ?? e).Message}", "check Floe:Preflight:StorageEndpoint, that the store runs, and that no firewall is in between");
        }
    }
}

/// <summary>A store that is spoken to by HTTP requests alone.</summary>
internal abstract class HttpStore(HttpClient http, string name, string bucket) : IProbeStore
{
    public string Name => name;

    public async Task WriteAsync(string key, byte[] content, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(Write(key, new ByteArrayContent(content)), "writing", cancellationToken);
    }

    public async Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(Read(key), "reading", cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(Delete(key), "deleting", cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected abstract HttpRequestMessage Write(string key, HttpContent content);

    protected abstract HttpRequestMessage Read(string key);

    protected abstract HttpRequestMessage Delete(string key);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        using var sent = request;
        var answer = await http.SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return answer;
        answer.Dispose();
        throw answer.StatusCode == HttpStatusCode.NotFound
            ? new CheckFailedException($"{name} has no {bucket}", $"create {bucket}, or correct Floe:Preflight:StorageBucket")
            : JsonHttp.Refused(name, answer.StatusCode, $"{what} a probe object", $"the credentials and the right of {what} in {bucket}");
    }
}

/// <summary>Google Cloud Storage by its JSON API.</summary>
internal sealed class GoogleStore : HttpStore
{
    private readonly Uri _server;
    private readonly string _bucket;
    private readonly string _token;

    private GoogleStore(HttpClient http, Uri server, string bucket, string token) : base(http, "Google Cloud Storage", bucket) => (_server, _bucket, _token) = (server, Uri.EscapeDataString(bucket), token);

    public static async Task<GoogleStore> OpenAsync(PreflightConfig config, string bucket, Credentials credentials, HttpClient http, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (token, _) = await GoogleAccount.LoginAsync(credentials, http, clock, "https://www.googleapis.com/auth/devstorage.read_write", cancellationToken);
        return new(http, JsonHttp.Url(config.StorageEndpoint ?? "storage.googleapis.com", null, "https"), bucket, token);
    }

    protected override HttpRequestMessage Write(string key, HttpContent content) => Request(HttpMethod.Post, $"/upload/storage/v1/b/{_bucket}/o?uploadType=media&name={Uri.EscapeDataString(key)}", content);

    protected override HttpRequestMessage Read(string key) => Request(HttpMethod.Get, $"/storage/v1/b/{_bucket}/o/{Uri.EscapeDataString(key)}?alt=media");

    protected override HttpRequestMessage Delete(string key) => Request(HttpMethod.Delete, $"/storage/v1/b/{_bucket}/o/{Uri.EscapeDataString(key)}");

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, new Uri(_server, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return request;
    }
}

/// <summary>Azure Data Lake Storage by the blob API, with a shared access signature.</summary>
internal sealed class AzureStore : HttpStore
{
    private const string ApiVersion = "2023-11-03";

    private readonly Uri _server;
    private readonly string _container;
    private readonly string _signature;

    private AzureStore(HttpClient http, Uri server, string container, string signature) : base(http, "Azure storage", container) => (_server, _container, _signature) = (server, container, signature);

    public static AzureStore Open(PreflightConfig config, string container, Credentials credentials, HttpClient http)
    {
        var signature = credentials.Required("AZURE_STORAGE_SAS_TOKEN", "a shared access signature with create, read, write and delete").TrimStart('?');
        var server = config.StorageEndpoint ?? $"{credentials.Required("AZURE_STORAGE_ACCOUNT", "the storage account's name")}.blob.core.windows.net";
        return new(http, JsonHttp.Url(server, null, "https"), container, signature);
    }

    protected override HttpRequestMessage Write(string key, HttpContent content)
    {
        var request = Request(HttpMethod.Put, key, content);
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        return request;
    }

    protected override HttpRequestMessage Read(string key) => Request(HttpMethod.Get, key);

    protected override HttpRequestMessage Delete(string key) => Request(HttpMethod.Delete, key);

    private HttpRequestMessage Request(HttpMethod method, string key, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, new Uri(_server, $"/{_container}/{key}?{_signature}")) { Content = content };
        request.Headers.Add("x-ms-version", ApiVersion);
        return request;
    }
}
