using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Floe.Emulators.Polaris.Storage;

/// <summary>The objects of the catalogs' S3 stores, with the server's own credentials.</summary>
internal sealed class ObjectStorage(PolarisOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string? Endpoint, string Region, bool PathStyle), AmazonS3Client> _clients = new();

    public async Task<byte[]> ReadAsync(StorageSettings settings, S3Location location, CancellationToken cancellationToken)
    {
        using var response = await Client(settings).GetObjectAsync(location.Bucket, location.Key, cancellationToken);
        using var content = new MemoryStream(capacity: (int)Math.Clamp(response.ContentLength, 0, int.MaxValue));
        await response.ResponseStream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    /// <summary>Whether the object is there.</summary>
    public async Task<bool> ExistsAsync(StorageSettings settings, S3Location location, CancellationToken cancellationToken)
    {
        try
        {
            await Client(settings).GetObjectMetadataAsync(location.Bucket, location.Key, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    public async Task WriteAsync(StorageSettings settings, S3Location location, byte[] content, string contentType, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        await Client(settings).PutObjectAsync(
            new()
            {
                BucketName = location.Bucket,
                Key = location.Key,
                InputStream = stream,
                ContentType = contentType,
                AutoCloseStream = false,
                UseChunkEncoding = false,
            },
            cancellationToken);
    }

    public Task DeleteAsync(StorageSettings settings, S3Location location, CancellationToken cancellationToken) =>
        Client(settings).DeleteObjectAsync(location.Bucket, location.Key, cancellationToken);

    /// <summary>Deletes every object below <paramref name="folder"/>.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DeleteAllAsync(StorageSettings settings, S3Location folder, CancellationToken cancellationToken)
    {
        var client = Client(settings);
        var deleted = 0;
        var request = new ListObjectsV2Request { BucketName = folder.Bucket, Prefix = folder.Key + "/" };
        while (true)
        {
            var page = await client.ListObjectsV2Async(request, cancellationToken);
            if (page.S3Objects is { Count: > 0 } found)
            {
                await client.DeleteObjectsAsync(new() { BucketName = folder.Bucket, Objects = found.ConvertAll(o => new KeyVersion { Key = o.Key }), Quiet = true }, cancellationToken);
                deleted += found.Count;
            }

            if (page.IsTruncated is not true)
                return deleted;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private AmazonS3Client Client(StorageSettings settings) =>
        _clients.GetOrAdd((settings.ServerEndpoint, settings.Region ?? options.AwsRegion, settings.PathStyle), key => new(
            new BasicAWSCredentials(options.AwsAccessKeyId, options.AwsSecretAccessKey),
            new AmazonS3Config
            {
                // Null means Amazon's own endpoint of the region.
                ServiceURL = key.Endpoint,
                AuthenticationRegion = key.Region,
                ForcePathStyle = key.PathStyle,
                MaxErrorRetry = 2,
                Timeout = TimeSpan.FromSeconds(30),
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            }));
}
