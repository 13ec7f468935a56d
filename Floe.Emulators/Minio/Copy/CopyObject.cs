using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Copy;

/// <summary>CopyObject. The copy keeps its source's ETag and, unless a directive says REPLACE, its headers and metadata.</summary>
internal static class CopyObject
{
    public static async Task HandleAsync(S3Request request, BucketStore store, Bucket bucket, TimeProvider time)
    {
        var key = ObjectKey.Parse(request.Key!);
        var source = CopySource.Parse(request, store);
        var sent = ObjectAttributes.FromHeaders(request);
        var conditions = WriteConditions.Parse(request);
        var replace = Directive(request) == "REPLACE";
        if (!replace && source.Bucket == bucket && source.Key == key)
            throw S3Errors.InvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.");
        conditions.Check(key, bucket.Objects.Find(key));

        using var content = source.Open(request);
        var original = content.Object;
        var algorithm = Algorithm(request);
        using var checksum = algorithm is null || algorithm == original.Checksum?.Algorithm ? null : algorithm.Start();
        using var file = bucket.NewFile(original.Size);
        await Task.Run(() => ContentCopier.Copy(content, new ByteRange(0, original.Size), file.Handle, md5: null, checksum, request.Aborted), request.Aborted);
        var copy = new StoredObject
        {
            Key = key,
            Size = original.Size,
            ETag = original.ETag,
            Modified = time.GetUtcNow(),
            Attributes = replace ? sent : original.Attributes,
            Checksum = checksum is null ? original.Checksum : ObjectChecksum.Of(algorithm, checksum.Finish()),
        };
        bucket.Commit(file, copy, conditions);

        await CopyResult.SendAsync(request, "CopyObjectResult", copy.Modified, copy.ETag, copy.Checksum);
    }

    private static string Directive(S3Request request)
    {
        var directive = request.Header("x-amz-metadata-directive") ?? "COPY";
        if (directive is not ("COPY" or "REPLACE"))
            throw S3Errors.InvalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
        return directive;
    }

    private static ChecksumAlgorithm? Algorithm(S3Request request) => request.Header("x-amz-checksum-algorithm") is not { } name
        ? null
        : ChecksumAlgorithm.Named(name) ?? throw S3Errors.InvalidRequest($"Checksum algorithm {name} is not known.");
}
