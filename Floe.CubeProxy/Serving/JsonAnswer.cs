using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>Writes JSON answers: with a weak ETag, 304 when the client has it, errors in Cube's shape.</summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, _options)) write(json);
        return buffer.WrittenMemory;
    }

    public static async Task SendAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var etag = ETag(body.Span);
        http.Response.Headers.ETag = etag;
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(etag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    public static Task SendErrorAsync(HttpContext http, CubeApiException e)
    {
        if (e.Status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "1";
        return SendErrorAsync(http, e.Status, e.Message, e.IsUserError);
    }

    public static async Task SendErrorAsync(HttpContext http, int status, string message, bool isUserError = false)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.Body.WriteAsync(Build(json =>
        {
            json.WriteStartObject();
            if (isUserError) json.WriteString("type", "UserError");
            json.WriteString("error", message);
            json.WriteEndObject();
        }), http.RequestAborted);
    }

    private static string ETag(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return string.Create(CultureInfo.InvariantCulture, $"W/\"{body.Length:x}-{Convert.ToBase64String(hash[..15])}\"");
    }
}
