using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;

namespace Floe.Emulators.Minio.Objects;

/// <summary>PutObject: receive aside, verify, commit under the key's lock.</summary>
internal static class PutObject
{
    /// <summary>S3's limit for one upload, and for one part.</summary>
    public const long LargestUpload = 5L * 1024 * 1024 * 1024;

    public static async Task HandleAsync(S3Request request, SignedRequest signed, Bucket bucket, TimeProvider time, StoreMetrics metrics)
    {
        var key = ObjectKey.Parse(request.Key!);
        var attributes = ObjectAttributes.FromHeaders(request);
        var conditions = WriteConditions.Parse(request);
        var declared = DeclaredDigests.Parse(request);
        // Before the body is asked for: a condition that fails now spares the upload.
        conditions.Check(key, bucket.Objects.Find(key));

        using var payload = Payload.Open(request, signed, LargestUpload);
        using var file = bucket.NewFile(payload.Length);
        var content = await ContentReceiver.ReceiveAsync(payload, file.Handle, declared, request.Aborted);
        var stored = new StoredObject
        {
            Key = key,
            Size = content.Length,
            ETag = content.ETag,
            Modified = time.GetUtcNow(),
            Attributes = attributes,
            Checksum = content.Checksum,
        };
        bucket.Commit(file, stored, conditions);
        metrics.Received(stored.Size);
        request.Response.Headers.ETag = $"\"{stored.ETag}\"";
        stored.Checksum?.WriteTo(request.Response.Headers);
    }
}
