using System.Buffers;
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

    public static Task SendAsync(HttpContext http, ReadOnlyMemory<byte> body) => SendAsync(http, new Answer(body));

    public static async Task SendAsync(HttpContext http, Answer answer)
    {
        var headers = http.Response.Headers;
        headers.ETag = answer.ETag;
        if (http.Request.Headers.IfNoneMatch is { Count: > 0 } known && known.ToString().Contains(answer.ETag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        headers.ContentType = "application/json; charset=utf-8";
        var body = answer.Body;
        if (answer.IsWorthCompressing)
        {
            headers.Append("Vary", "Accept-Encoding");
            if (AcceptsGzip(http.Request))
            {
                headers.ContentEncoding = "gzip";
                body = answer.Compressed;
            }
        }
        headers.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static bool AcceptsGzip(HttpRequest request)
    {
        foreach (var part in request.Headers.AcceptEncoding.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (part == "gzip" || (part.StartsWith("gzip;", StringComparison.Ordinal) && !part.Replace(" ", "").EndsWith(";q=0", StringComparison.Ordinal))) return true;
        }
        return false;
    }

    public static Task SendErrorAsync(HttpContext http, CubeApiException e)
    {
        if (e.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout) http.Response.Headers.RetryAfter = "1";
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
}
