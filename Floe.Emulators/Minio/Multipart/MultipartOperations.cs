using System.Security.Cryptography;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Copy;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>CreateMultipartUpload, UploadPart, UploadPartCopy and AbortMultipartUpload.</summary>
internal sealed class MultipartOperations(BucketStore store, TimeProvider time, StoreMetrics metrics)
{
    private const int HighestPart = 10_000;

    public async Task BeginAsync(S3Request request, Bucket bucket)
    {
        var algorithm = Algorithm(request);
        var type = request.Header("x-amz-checksum-type");
        if (type is not (null or "COMPOSITE" or "FULL_OBJECT"))
            throw S3Errors.InvalidRequest($"The checksum type {type} is not COMPOSITE or FULL_OBJECT.");
        // S3's rule: CRC64NVME only over the whole object, SHA only over the parts, CRC32 and CRC32C both (parts unless asked).
        var composite = type is null ? algorithm != ChecksumAlgorithm.Crc64Nvme : type == "COMPOSITE";
        if (algorithm is not null && ((composite && algorithm == ChecksumAlgorithm.Crc64Nvme) || (!composite && algorithm.Crc is null)))
            throw S3Errors.InvalidRequest($"The {type} checksum type cannot be used with the {algorithm} checksum algorithm.");

        var upload = bucket.Uploads.Begin(new StoredObject
        {
            Key = ObjectKey.Parse(request.Key!),
            Size = 0,
            ETag = "",
            Modified = time.GetUtcNow(),
            Attributes = ObjectAttributes.FromHeaders(request),
            Checksum = algorithm is null ? null : new ObjectChecksum(algorithm, "", composite),
        });
        if (upload.Description.Checksum is { } checksum)
        {
            request.Response.Headers["x-amz-checksum-algorithm"] = checksum.Algorithm.Name;
            request.Response.Headers["x-amz-checksum-type"] = checksum.Type;
        }
        using var xml = new ResponseXml();
        xml.Root("InitiateMultipartUploadResult");
        xml.Element("Bucket", bucket.Name);
        xml.Element("Key", upload.Key.Text);
        xml.Element("UploadId", upload.Id);
        xml.Close("InitiateMultipartUploadResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    public async Task UploadPartAsync(S3Request request, SignedRequest signed, Bucket bucket)
    {
        var (upload, number) = Target(request, bucket);
        var declared = DeclaredDigests.Parse(request);
        using var payload = Payload.Open(request, signed, PutObject.LargestUpload);
        using var file = bucket.NewFile(payload.Length);
        var content = await ContentReceiver.ReceiveAsync(payload, file.Handle, declared, request.Aborted);
        upload.Put(number, file, Part(upload, content.Length, content.ETag, content.Checksum));
        metrics.Received(content.Length);
        request.Response.Headers.ETag = $"\"{content.ETag}\"";
        if (content.Checksum is { } checksum)
            request.Response.Headers[checksum.Algorithm.Header] = checksum.Value;
    }

    public async Task CopyPartAsync(S3Request request, Bucket bucket)
    {
        var (upload, number) = Target(request, bucket);
        using var source = CopySource.Parse(request, store).Open(request);
        var size = source.Object.Size;
        var range = new ByteRange(0, size);
        if (request.Header("x-amz-copy-source-range") is { } header)
        {
            range = ByteRange.Parse(header, size)
                ?? throw S3Errors.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last.", "x-amz-copy-source-range", header);
        }
        using var file = bucket.NewFile(range.Length);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var algorithm = upload.Description.Checksum?.Algorithm;
        using var checksum = algorithm?.Start();
        await Task.Run(() => ContentCopier.Copy(source, range, file.Handle, md5, checksum, request.Aborted), request.Aborted);
        var part = Part(upload, range.Length, Convert.ToHexStringLower(md5.GetHashAndReset()), ObjectChecksum.Of(algorithm, checksum?.Finish()));
        upload.Put(number, file, part);

        await CopyResult.SendAsync(request, "CopyPartResult", part.Modified, part.ETag, part.Checksum);
    }

    public Task AbortAsync(S3Request request, Bucket bucket)
    {
        bucket.Uploads.Abort(Of(request, bucket));
        request.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <exception cref="S3Exception">404 NoSuchUpload.</exception>
    public static Upload Of(S3Request request, Bucket bucket) =>
        bucket.Uploads.Get(request.Query["uploadId"] ?? "", ObjectKey.Parse(request.Key!));

    private static (Upload Upload, int Number) Target(S3Request request, Bucket bucket)
    {
        var number = request.Query.Number("partNumber", 0, 1, HighestPart);
        if (number == 0)
            throw S3Errors.InvalidArgument($"Part number must be an integer between 1 and {HighestPart}, inclusive", "partNumber", "");
        return (Of(request, bucket), number);
    }

    private StoredObject Part(Upload upload, long size, string etag, ObjectChecksum? checksum) => new()
    {
        Key = upload.Key,
        Size = size,
        ETag = etag,
        Modified = time.GetUtcNow(),
        Checksum = checksum,
    };

    private static ChecksumAlgorithm? Algorithm(S3Request request) => request.Header("x-amz-checksum-algorithm") is not { } name
        ? null
        : ChecksumAlgorithm.Named(name) ?? throw S3Errors.InvalidRequest($"Checksum algorithm {name} is not known.");
}
