using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Copy;

/// <summary>The answer to a copy of an object or of a part.</summary>
internal static class CopyResult
{
    public static async Task SendAsync(S3Request request, string element, DateTimeOffset modified, string etag, ObjectChecksum? checksum)
    {
        using var xml = new ResponseXml();
        xml.Root(element);
        xml.Element("LastModified", modified);
        xml.ETag(etag);
        if (checksum is { } stored)
            xml.Element(stored.Algorithm.Element, stored.Value);
        xml.Close(element);
        await xml.SendAsync(request.Response, request.Aborted);
    }
}
