using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Copy;

/// <summary>The x-amz-copy-source header: <c>[/]bucket/key</c>, percent-encoded (clients differ in the slash and in encoding it).</summary>
internal sealed record CopySource(Bucket Bucket, ObjectKey Key)
{
    public const string Header = "x-amz-copy-source";

    /// <exception cref="S3Exception">400 for a malformed source, 404 for one that does not exist.</exception>
    public static CopySource Parse(S3Request request, BucketStore store)
    {
        var header = request.Header(Header)!;
        var question = header.IndexOf("?versionId=", StringComparison.Ordinal);
        if (question >= 0 && header[(question + 11)..] != "null")
            throw S3Errors.InvalidArgument("Invalid version id specified", "versionId", header[(question + 11)..]);
        if (!UriEncoding.TryDecode(question < 0 ? header : header.AsSpan(0, question), plusIsSpace: false, out var path))
            throw S3Errors.InvalidArgument("Copy Source must be percent-encoded UTF-8.", Header, header);
        var start = path.StartsWith('/') ? 1 : 0;
        var slash = path.IndexOf('/', start);
        if (slash <= start || slash == path.Length - 1)
            throw S3Errors.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", Header, header);
        return new CopySource(store.Get(path[start..slash]), ObjectKey.Parse(path[(slash + 1)..]));
    }

    /// <summary>Opens the source if the x-amz-copy-source-if-* conditions hold.</summary>
    /// <exception cref="S3Exception">404 NoSuchKey, 412 PreconditionFailed.</exception>
    public ObjectContent Open(S3Request request)
    {
        var content = Bucket.Open(Key);
        try
        {
            if (!ReadConditions.Hold(request, content.Object, "x-amz-copy-source-"))
                throw S3Errors.PreconditionFailed("x-amz-copy-source-If-None-Match");
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
