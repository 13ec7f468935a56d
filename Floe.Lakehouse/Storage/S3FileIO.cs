using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Floe.Lakehouse.Storage;

/// <summary>Files of an S3 store by <c>s3://bucket/key</c> locations, over AWSSDK.S3 with path style addresses.</summary>
public sealed class S3FileIO : IFileIO, IDisposable
{
    // One request up to this size; larger files go in parts of it, some at a time.
    private const int PartBytes = 16 * 1024 * 1024;
    private const int PartsAtOnce = 4;
    private const int DeleteBatch = 1000;

    private readonly AmazonS3Client client;

    /// <summary>A store at the connection's endpoint with its keys.</summary>
    public S3FileIO(LakehouseConnection connection)
        : this(connection.StoreEndpoint, connection.AccessKey, connection.SecretKey, connection.Region)
    {
    }

    /// <summary>A store at an endpoint.</summary>
    public S3FileIO(Uri endpoint, string accessKey, string secretKey, string region) =>
        client = new AmazonS3Client(new BasicAWSCredentials(accessKey, secretKey), new AmazonS3Config
        {
            ServiceURL = endpoint.GetLeftPart(UriPartial.Authority),
            ForcePathStyle = true,
            AuthenticationRegion = region,

            // The signature covers the payload's hash; a CRC on top of it costs CPU on both sides and finds nothing more.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 3,
            Timeout = TimeSpan.FromMinutes(2),
        });

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string location, CancellationToken ct) => Guard(location, async at =>
    {
        using var response = await client.GetObjectAsync(at.Bucket, at.Key, ct);
        var content = new byte[response.ContentLength];
        await response.ResponseStream.ReadExactlyAsync(content, ct);
        return content;
    });

    /// <inheritdoc/>
    public Task DownloadAsync(string location, string localPath, CancellationToken ct) => Guard(location, async at =>
    {
        using var response = await client.GetObjectAsync(at.Bucket, at.Key, ct);
        await using var target = new FileStream(localPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        await response.ResponseStream.CopyToAsync(target, 256 * 1024, ct);
        if (target.Length != response.ContentLength)
            throw new IOException($"{target.Length} of {response.ContentLength} bytes arrived.");
        return true;
    });

    /// <inheritdoc/>
    public Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct) => Guard(location, async at =>
    {
        using var stream = MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        await PutAsync(at, stream, ct);
        return true;
    });

    /// <inheritdoc/>
    public Task UploadAsync(string localPath, string location, CancellationToken ct) => Guard(location, async at =>
    {
        await using var file = File.OpenRead(localPath);
        if (file.Length <= PartBytes)
            await PutAsync(at, file, ct);
        else
            await PutPartsAsync(at, localPath, file.Length, ct);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string location, CancellationToken ct) => Guard(location, async at =>
    {
        try
        {
            await client.GetObjectMetadataAsync(at.Bucket, at.Key, ct);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    });

    /// <inheritdoc/>
    public async Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct)
    {
        foreach (var bucket in locations.Distinct(StringComparer.Ordinal).GroupBy(l => S3Location.Parse(l).Bucket))
        {
            foreach (var batch in bucket.Chunk(DeleteBatch))
            {
                await Guard(batch[0], async _ =>
                {
                    await client.DeleteObjectsAsync(
                        new DeleteObjectsRequest
                        {
                            BucketName = bucket.Key,
                            Objects = [.. batch.Select(l => new KeyVersion { Key = S3Location.Parse(l).Key })],
                            Quiet = true,
                        },
                        ct);
                    return true;
                });
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        var at = S3Location.Parse(prefix.EndsWith('/') ? prefix : prefix + "/");
        var request = new ListObjectsV2Request { BucketName = at.Bucket, Prefix = at.Key };
        ListObjectsV2Response page;
        do
        {
            page = await Guard(prefix, _ => client.ListObjectsV2Async(request, ct));
            foreach (var item in page.S3Objects ?? [])
                yield return new StoredFile($"s3://{at.Bucket}/{item.Key}", item.Size ?? 0, item.LastModified?.ToUniversalTime() ?? default);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private Task<PutObjectResponse> PutAsync(S3Location at, Stream content, CancellationToken ct) => client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = at.Bucket,
            Key = at.Key,
            InputStream = content,
            AutoCloseStream = false,
            UseChunkEncoding = false,

            ContentType = "application/octet-stream",
        },
        ct);

    private async Task PutPartsAsync(S3Location at, string localPath, long length, CancellationToken ct)
    {
        var upload = await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key }, ct);
        try
        {
            var parts = new PartETag[(length + PartBytes - 1) / PartBytes];
            await Parallel.ForAsync(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = ct }, async (i, token) =>
            {
                var position = (long)i * PartBytes;
                var response = await client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = at.Bucket,
                        Key = at.Key,
                        UploadId = upload.UploadId,
                        PartNumber = i + 1,
                        FilePath = localPath,
                        FilePosition = position,
                        PartSize = Math.Min(PartBytes, length - position),
                        UseChunkEncoding = false,
                    },
                    token);
                parts[i] = new PartETag(i + 1, response.ETag);
            });
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key, UploadId = upload.UploadId, PartETags = [.. parts] }, ct);
        }
        catch (Exception e)
        {
            // The parts cost space until they are aborted; the caller's token may be the reason for being here.
            try
            {
                await client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key, UploadId = upload.UploadId }, CancellationToken.None);
            }
            catch (AmazonServiceException abort)
            {
                throw new StorageException($"s3://{at.Bucket}/{at.Key}", $"the upload failed ({e.Message}) and its parts could not be removed ({abort.Message})", e);
            }
            throw;
        }
    }

    private static async Task<T> Guard<T>(string location, Func<S3Location, Task<T>> work)
    {
        try
        {
            return await work(S3Location.Parse(location));
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileMissingException(location, e);
        }
        catch (AmazonS3Exception e)
        {
            throw new StorageException(location, $"the store answers {(int)e.StatusCode} {e.ErrorCode}: {e.Message}", e);
        }
        catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException(location, e.Message, e);
        }
    }
}
