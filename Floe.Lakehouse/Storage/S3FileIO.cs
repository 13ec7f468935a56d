using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Floe.ServiceDefaults.Http;
using Microsoft.Win32.SafeHandles;

namespace Floe.Lakehouse.Storage;

/// <summary>Files of an S3 store by <c>s3://bucket/key</c> locations, over AWSSDK.S3 with path style addresses.</summary>
public sealed class S3FileIO : IFileIO, IDisposable
{
    // One request up to this size; larger files go in parts of it, some at a time.
    private const int PartBytes = 8 * 1024 * 1024;
    private const int PartsAtOnce = 4;
    private const int BufferBytes = 256 * 1024;
    private const int DeleteBatch = 1000;

    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(60);

    private readonly AmazonS3Client client;
    private readonly TimeSpan patience;

    /// <summary>A store at the connection's endpoint with its keys.</summary>
    public S3FileIO(LakehouseConnection connection)
        : this(connection.StoreEndpoint, connection.AccessKey, connection.SecretKey, connection.Region)
    {
    }

    /// <summary>A store at an endpoint.</summary>
    /// <param name="endpoint">Address.</param>
    /// <param name="accessKey">Access key.</param>
    /// <param name="secretKey">Secret key.</param>
    /// <param name="region">Region that requests are signed for.</param>
    /// <param name="patience">How long the store may take for an answer, for the next bytes of a download, or for taking a part of 8 MiB, tries again
    /// included; by default 60 seconds.</param>
    public S3FileIO(Uri endpoint, string accessKey, string secretKey, string region, TimeSpan? patience = null)
    {
        this.patience = patience ?? DefaultPatience;
        client = new AmazonS3Client(new BasicAWSCredentials(accessKey, secretKey), new AmazonS3Config
        {
            ServiceURL = endpoint.GetLeftPart(UriPartial.Authority),
            ForcePathStyle = true,
            AuthenticationRegion = region,

            // The signature covers the payload's hash; a CRC on top of it costs CPU on both sides and finds nothing more.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 3,
            Timeout = this.patience,

            // The default of 8 KiB costs a system call per 8 KiB on the way of every upload.
            BufferSize = BufferBytes,
        });
    }

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string location, CancellationToken ct) => Guard(location, ct, async (at, wait) =>
    {
        using var response = await client.GetObjectAsync(at.Bucket, at.Key, wait.Token);
        var content = new byte[response.ContentLength];
        for (var position = 0; position < content.Length;)
        {
            var read = await response.ResponseStream.ReadAsync(content.AsMemory(position), wait.Token);
            if (read == 0)
                throw Truncated(position, content.Length);
            position += read;
            wait.Renew();
        }

        return content;
    });

    /// <inheritdoc/>
    public Task DownloadAsync(string location, string localPath, CancellationToken ct) => Guard(location, ct, async (at, wait) =>
    {
        using var response = await client.GetObjectAsync(at.Bucket, at.Key, wait.Token);
        await using var target = new FileStream(localPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        try
        {
            var buffer = new byte[BufferBytes];
            for (int read; (read = await response.ResponseStream.ReadAsync(buffer, wait.Token)) > 0; wait.Renew())
                await target.WriteAsync(buffer.AsMemory(0, read), wait.Token);
            if (target.Length != response.ContentLength)
                throw Truncated(target.Length, response.ContentLength);
        }
        catch
        {
            File.Delete(localPath);
            throw;
        }

        return true;
    });

    /// <inheritdoc/>
    public Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct) => Guard(location, ct, async (at, wait) =>
    {
        using var stream = MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        await PutAsync(at, stream, wait);
        return true;
    });

    /// <inheritdoc/>
    public Task UploadAsync(string localPath, string location, CancellationToken ct) => Guard(location, ct, async (at, wait) =>
    {
        using var file = File.OpenHandle(localPath);
        var length = RandomAccess.GetLength(file);
        if (length > PartBytes)
        {
            await PutPartsAsync(at, localPath, file, length, wait);
            return true;
        }

        // From memory: the signature needs the content's hash first, so that it is gone through twice.
        using var content = await FilePart.ReadAsync(file, 0, (int)length, wait.Token);
        await PutAsync(at, content.Stream, wait);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string location, CancellationToken ct) => Guard(location, ct, async (at, wait) =>
    {
        try
        {
            await client.GetObjectMetadataAsync(at.Bucket, at.Key, wait.Token);
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
                await Guard(batch[0], ct, async (_, wait) =>
                {
                    await client.DeleteObjectsAsync(
                        new DeleteObjectsRequest
                        {
                            BucketName = bucket.Key,
                            Objects = [.. batch.Select(l => new KeyVersion { Key = S3Location.Parse(l).Key })],
                            Quiet = true,
                        },
                        wait.Token);
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
            page = await Guard(prefix, ct, (_, wait) => client.ListObjectsV2Async(request, wait.Token));
            foreach (var item in page.S3Objects ?? [])
                yield return new StoredFile($"s3://{at.Bucket}/{item.Key}", item.Size ?? 0, item.LastModified?.ToUniversalTime() ?? default);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task PutAsync(S3Location at, Stream content, Patience wait)
    {
        try
        {
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = at.Bucket,
                    Key = at.Key,
                    InputStream = content,
                    AutoCloseStream = false,
                    UseChunkEncoding = false,
                    ContentType = "application/octet-stream",
                    IfNoneMatch = "*",
                },
                wait.Token);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            // Perhaps an earlier attempt of this very request, whose answer got lost.
            content.Position = 0;
            if (!await HasAsync(at, content, wait))
                throw new FileExistsException(at.ToString(), e);
        }
    }

    private async Task<bool> HasAsync(S3Location at, Stream content, Patience wait)
    {
        using var response = await client.GetObjectAsync(at.Bucket, at.Key, wait.Token);
        if (response.ContentLength != content.Length)
            return false;
        using var stored = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        for (int read; (read = await response.ResponseStream.ReadAsync(buffer, wait.Token)) > 0; wait.Renew())
            stored.AppendData(buffer.AsSpan(0, read));
        var own = await SHA256.HashDataAsync(content, wait.Token);
        return stored.GetHashAndReset().AsSpan().SequenceEqual(own);
    }

    private async Task PutPartsAsync(S3Location at, string localPath, SafeFileHandle file, long length, Patience wait)
    {
        var upload = await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key }, wait.Token);
        try
        {
            var parts = new PartETag[(length + PartBytes - 1) / PartBytes];
            await Parallel.ForAsync(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = wait.Token }, async (i, token) =>
            {
                var position = (long)i * PartBytes;
                using var part = await FilePart.ReadAsync(file, position, (int)Math.Min(PartBytes, length - position), token);
                var response = await client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = at.Bucket,
                        Key = at.Key,
                        UploadId = upload.UploadId,
                        PartNumber = i + 1,
                        InputStream = part.Stream,
                        PartSize = part.Stream.Length,
                        UseChunkEncoding = false,
                    },
                    token);
                wait.Renew();
                parts[i] = new PartETag(i + 1, response.ETag);
            });
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key, UploadId = upload.UploadId, PartETags = [.. parts], IfNoneMatch = "*" }, wait.Token);
        }
        catch (Exception e)
        {
            // The parts cost space until they are aborted; the caller's token may be the reason for being here.
            try
            {
                using var abort = new Patience(patience, CancellationToken.None);
                await client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key, UploadId = upload.UploadId }, abort.Token);
            }
            catch (AmazonS3Exception abort) when (abort.StatusCode == HttpStatusCode.NotFound)
            {
                // Completed after all, or aborted by somebody else.
            }
            catch (Exception abort) when (abort is AmazonServiceException or AmazonClientException or OperationCanceledException || ConnectionFailure.Is(abort))
            {
                throw new StorageException(at.ToString(), $"the upload failed ({e.Message}) and its parts could not be removed ({abort.Message})", e);
            }

            if (e is not AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound })
                throw;

            // Perhaps this very upload, completed by an attempt whose answer got lost.
            await using var content = File.OpenRead(localPath);
            if (!await HasAsync(at, content, wait))
                throw new FileExistsException(at.ToString(), e);
        }
    }

    private static IOException Truncated(long arrived, long announced) => new($"the download broke off: {arrived} of {announced} bytes arrived.");

    private async Task<T> Guard<T>(string location, CancellationToken ct, Func<S3Location, Patience, Task<T>> work)
    {
        using var wait = new Patience(patience, ct);
        try
        {
            return await work(S3Location.Parse(location), wait);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileMissingException(location, e);
        }
        catch (AmazonS3Exception e)
        {
            throw new StorageException(location, $"the store answers {(int)e.StatusCode} {e.ErrorCode}: {e.Message}", e);
        }
        catch (Exception e) when ((e is OperationCanceledException || e.InnerException is OperationCanceledException) && !ct.IsCancellationRequested)
        {
            throw new StoreTimeoutException(location, patience, e);
        }
        catch (Exception e) when (e is AmazonClientException or IOException or UnauthorizedAccessException || ConnectionFailure.Is(e))
        {
            throw new StorageException(location, Reason(e), e);
        }
    }

    /// <summary>The innermost message: the outer ones say only that something failed.</summary>
    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }

    /// <summary>A piece of a local file in a borrowed buffer.</summary>
    private sealed class FilePart : IDisposable
    {
        private readonly byte[] buffer;

        private FilePart(byte[] buffer, int length)
        {
            this.buffer = buffer;
            Stream = new MemoryStream(buffer, 0, length, writable: false);
        }

        public MemoryStream Stream { get; }

        public static async Task<FilePart> ReadAsync(SafeFileHandle file, long position, int length, CancellationToken ct)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            for (var done = 0; done < length;)
            {
                var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(done, length - done), position + done, ct);
                done += read > 0 ? read : throw new EndOfStreamException($"The local file became shorter while it was uploaded: {done} of {length} bytes at {position}.");
            }

            return new FilePart(buffer, length);
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>A token that is cancelled when nothing has moved for too long.</summary>
    private sealed class Patience : IDisposable
    {
        private readonly TimeSpan limit;
        private readonly CancellationTokenSource source;

        public Patience(TimeSpan limit, CancellationToken ct)
        {
            this.limit = limit;
            source = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Renew();
        }

        public CancellationToken Token => source.Token;

        public void Renew() => source.CancelAfter(limit);

        public void Dispose() => source.Dispose();
    }
}
