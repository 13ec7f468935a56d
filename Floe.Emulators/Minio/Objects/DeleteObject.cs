using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Requests;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Objects;

/// <summary>DeleteObject: 204, also when there was nothing.</summary>
internal static class DeleteObject
{
    public static Task HandleAsync(S3Request request, Bucket bucket)
    {
        GetObject.RefuseVersion(request);
        bucket.Delete([ObjectKey.Parse(request.Key!)], WriteConditions.Parse(request));
        request.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
