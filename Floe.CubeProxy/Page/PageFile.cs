using System.IO.Compression;
using System.Security.Cryptography;

namespace Floe.CubeProxy.Page;

/// <summary>A file of the page with its ETag; compressed once, when a browser first asks for it.</summary>
internal sealed class PageFile(string contentType, byte[] content)
{
    // Fonts and small files gain nothing.
    private const int SmallestCompressed = 1400;

    private byte[]? _compressed;

    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"";

    /// <summary>Sends the file, or 304 when the browser has it.</summary>
    public async Task SendAsync(HttpContext http, string cacheControl)
    {
        var headers = http.Response.Headers;
        headers.ETag = ETag;
        headers.CacheControl = cacheControl;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var isText = !contentType.StartsWith("font/", StringComparison.Ordinal) && content.Length >= SmallestCompressed;
        if (isText) headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        headers.ContentType = contentType;
        var body = content;
        if (isText && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "gzip";
            body = _compressed ??= Compress();
        }
        headers.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private byte[] Compress()
    {
        using var result = new MemoryStream(content.Length / 3);
        using (var gzip = new GZipStream(result, CompressionLevel.SmallestSize)) gzip.Write(content);
        return result.ToArray();
    }
}
