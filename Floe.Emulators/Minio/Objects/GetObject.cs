using System.Globalization;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Objects;

/// <summary>GetObject and HeadObject: conditions, ranges, parts, overrides of answer headers.</summary>
internal static class GetObject
{
    private const int BlockSize = 128 * 1024;

    private static readonly (string Parameter, string Header)[] Overrides =
    [
        ("response-content-type", "Content-Type"),
        ("response-content-language", "Content-Language"),
        ("response-expires", "Expires"),
        ("response-cache-control", "Cache-Control"),
        ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"),
    ];

    public static Task HeadAsync(S3Request request, Bucket bucket)
    {
        Begin(request, bucket.Get(ObjectKey.Parse(request.Key!)));
        return Task.CompletedTask;
    }

    public static async Task HandleAsync(S3Request request, Bucket bucket, StoreMetrics metrics)
    {
        using var content = bucket.Open(ObjectKey.Parse(request.Key!));
        if (Begin(request, content.Object) is not { } range)
            return;

        // Straight into the server's buffers: no copy between file and socket but the kernel's.
        var writer = request.Response.BodyWriter;
        var (offset, left) = (range.Offset, range.Length);
        while (left > 0)
        {
            var memory = writer.GetMemory((int)Math.Min(BlockSize, left));
            var count = content.Read(memory.Span[..(int)Math.Min(memory.Length, left)], offset);
            writer.Advance(count);
            offset += count;
            left -= count;
            metrics.Sent(count);
            if ((await writer.FlushAsync(request.Aborted)).IsCompleted)
                return;
        }
    }

    /// <summary>Decides and writes status and headers. Null: there is no body to send.</summary>
    private static ByteRange? Begin(S3Request request, StoredObject stored)
    {
        RefuseVersion(request);
        var response = request.Response;
        var unmodified = !ReadConditions.Hold(request, stored);
        var part = request.Query.Number("partNumber", 0, 1, 10_000);
        var rangeHeader = request.Header("Range");
        if (part > 0 && rangeHeader is not null)
            throw S3Errors.InvalidRequest("Cannot specify both Range header and partNumber query parameter");

        response.Headers.ETag = $"\"{stored.ETag}\"";
        response.Headers.LastModified = stored.Modified.ToString("r", CultureInfo.InvariantCulture);
        response.Headers.AcceptRanges = "bytes";
        if (unmodified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        ByteRange? partial = null;
        if (part > 0)
            partial = PartRange(stored, part, response);
        else if (rangeHeader is not null && ReadConditions.RangeApplies(request, stored))
            partial = RangeOf(rangeHeader, stored, response);

        stored.Attributes.WriteTo(response);
        foreach (var (parameter, header) in Overrides)
        {
            if (request.Query[parameter] is { } value)
                response.Headers[header] = value;
        }
        // A checksum over the whole cannot be checked against a piece.
        if (partial is null && stored.Checksum is { } checksum && "ENABLED".Equals(request.Header("x-amz-checksum-mode"), StringComparison.OrdinalIgnoreCase))
            checksum.WriteTo(response.Headers);
        var range = partial ?? new ByteRange(0, stored.Size);
        if (partial is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{stored.Size}";
        }
        response.ContentLength = range.Length;
        return range;
    }

    private static ByteRange? RangeOf(string header, StoredObject stored, HttpResponse response)
    {
        try
        {
            return ByteRange.Parse(header, stored.Size);
        }
        catch (S3Exception)
        {
            response.Headers.ContentRange = $"bytes */{stored.Size}";
            throw;
        }
    }

    private static ByteRange? PartRange(StoredObject stored, int part, HttpResponse response)
    {
        if (stored.UploadId is null)
            return part == 1 ? null : throw S3Errors.InvalidPartNumber(part, 1);
        response.Headers["x-amz-mp-parts-count"] = stored.Segments.Count.ToString(CultureInfo.InvariantCulture);
        var offset = 0L;
        foreach (var segment in stored.Segments)
        {
            if (segment.PartNumber == part)
                return new ByteRange(offset, segment.Length);
            offset += segment.Length;
        }
        throw S3Errors.InvalidPartNumber(part, stored.Segments.Count);
    }

    /// <summary>There are no versions; "null" is what S3 calls the one that an unversioned bucket has.</summary>
    public static void RefuseVersion(S3Request request)
    {
        if (request.Query["versionId"] is { } version && version != "null")
            throw S3Errors.InvalidArgument("Invalid version id specified", "versionId", version);
    }
}
