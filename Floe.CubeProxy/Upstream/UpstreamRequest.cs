using System.Diagnostics;
using System.Text.RegularExpressions;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Upstream;

/// <summary>A caller's request, held so that Cube can be asked again; its body is bounded by the server's limit.</summary>
internal sealed partial class UpstreamRequest
{
    // Of one connection (RFC 9110, 7.6.1), or this service's own affair.
    private static readonly HashSet<string> _notForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Host", "Content-Length", "Expect", "Authorization", "x-cube-authorization", "Cookie", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "x-request-id",
    };

    private static readonly HashSet<string> _traceHeaders = new(StringComparer.OrdinalIgnoreCase) { "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context" };

    private readonly List<KeyValuePair<string, IEnumerable<string?>>> _headers = [];
    private readonly byte[] _body;
    private readonly string _requestId;

    private UpstreamRequest(HttpRequest request, byte[] body)
    {
        Method = HttpMethod.Parse(request.Method);
        Target = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        _body = body;
        _requestId = request.Headers["x-request-id"] is [{ Length: > 0 and <= 200 } id] ? Span().Replace(id, "") : Guid.NewGuid().ToString();
        var nominated = request.Headers.Connection.SelectMany(value => value?.Split(',', StringSplitOptions.TrimEntries) ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers)
        {
            // With a span of our own HttpClient writes the trace headers; without one the caller's go through.
            if (_notForwarded.Contains(name) || nominated.Contains(name) || name.StartsWith(':') || (Activity.Current is not null && _traceHeaders.Contains(name))) continue;
            _headers.Add(new(name, values));
        }
    }

    /// <summary>A request of this service itself.</summary>
    public UpstreamRequest(string target)
    {
        Method = HttpMethod.Get;
        Target = target;
        _body = [];
        _requestId = $"floe-{Guid.NewGuid()}";
    }

    public HttpMethod Method { get; }

    /// <summary>Path and query, encoded.</summary>
    public string Target { get; }

    /// <summary>ETags that the caller has; for answers that are passed on as Cube gives them.</summary>
    public string? KnownTags { get; init; }

    /// <summary>A request that changes nothing.</summary>
    public bool MayBeRepeated { get; init; } = true;

    /// <param name="request">The caller's; its body can be read again afterwards.</param>
    /// <param name="passTags">Cube, not this service, makes the answer's ETag.</param>
    /// <param name="isQuery">It changes nothing.</param>
    /// <param name="ct">The caller's.</param>
    public static async Task<UpstreamRequest> ReadAsync(HttpRequest request, bool passTags, bool isQuery, CancellationToken ct)
    {
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, 64 * 1024));
        try
        {
            await request.Body.CopyToAsync(body, ct);
        }
        catch (BadHttpRequestException e)
        {
            throw new CubeApiException(e.StatusCode, e.StatusCode == 413 ? "The body is too large; a query may have 1 MB." : "The body could not be read.", "invalid_body", inner: e);
        }
        var read = new UpstreamRequest(request, body.ToArray()) { MayBeRepeated = isQuery, KnownTags = passTags && request.Headers.IfNoneMatch is { Count: > 0 } tags ? tags.ToString() : null };
        // For whoever looks at the query, too.
        request.Body = new MemoryStream(read._body, writable: false);
        return read;
    }

    /// <param name="attempt">From 1; Cube's clients count their repetitions in the request id.</param>
    public HttpRequestMessage ToMessage(string token, int attempt)
    {
        var message = new HttpRequestMessage(Method, Target);
        if (_body.Length > 0) message.Content = new ByteArrayContent(_body);
        foreach (var (name, values) in _headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values)) message.Content?.Headers.TryAddWithoutValidation(name, values);
        }
        message.Headers.TryAddWithoutValidation("Authorization", token);
        message.Headers.TryAddWithoutValidation("x-request-id", $"{_requestId}-span-{attempt}");
        if (KnownTags is not null) message.Headers.TryAddWithoutValidation("If-None-Match", KnownTags);
        return message;
    }

    [GeneratedRegex(@"-span-\d+\z")]
    private static partial Regex Span();
}
