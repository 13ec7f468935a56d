using System.Buffers;
using Floe.ServiceDefaults.Http;

namespace Floe.CubeProxy.Upstream;

/// <summary>Cube's answer, of which the first bytes have been read.</summary>
internal sealed class UpstreamResponse(HttpResponseMessage message, ReadOnlyMemory<byte> start, Stream rest) : IDisposable
{
    // Of one connection, said by this service itself, or nobody's affair.
    private static readonly HashSet<string> _notForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Date", "Server", "X-Powered-By", "Set-Cookie",
    };

    public int Status => (int)message.StatusCode;

    public string? ContentType => message.Content.Headers.ContentType?.ToString();

    /// <summary>The body's first bytes; all of it when it is short.</summary>
    public ReadOnlyMemory<byte> Start => start;

    /// <summary>The whole body; null when it is longer than <paramref name="largest"/>.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(long largest, CancellationToken ct)
    {
        var length = message.Content.Headers.ContentLength;
        if (length > largest) return null;
        var body = new ArrayBufferWriter<byte>((int)Math.Max(length ?? 0, start.Length) + 1);
        body.Write(start.Span);
        for (int read; (read = await rest.ReadAsync(body.GetMemory(), ct)) > 0;)
        {
            body.Advance(read);
            if (body.WrittenCount > largest) return null;
        }
        return body.WrittenMemory;
    }

    /// <summary>Passes the answer on as it comes. When Cube breaks off, so does this: half an answer must not look like a whole one.</summary>
    public async Task CopyToAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        foreach (var (name, values) in message.Headers.Concat(message.Content.Headers))
        {
            // Which pages may ask is this service's setting.
            if (!_notForwarded.Contains(name) && !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)) http.Response.Headers[name] = values.ToArray();
        }
        if (HttpMethods.IsHead(http.Request.Method) || Status is 204 or 304) return;
        try
        {
            await http.Response.Body.WriteAsync(start, http.RequestAborted);
            await rest.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            http.Abort();
        }
    }

    public void Dispose()
    {
        rest.Dispose();
        message.Dispose();
    }
}
