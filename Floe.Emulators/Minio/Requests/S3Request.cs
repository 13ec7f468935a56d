using Floe.Emulators.Minio.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Floe.Emulators.Minio.Requests;

/// <summary>A request in S3's terms. Path-style only: the first segment is the bucket, everything after its slash the key.</summary>
internal sealed class S3Request
{
    private S3Request(HttpContext http, string path, QueryParameters query)
    {
        Http = http;
        Path = path;
        Query = query;
        var slash = path.IndexOf('/', 1);
        Bucket = path.Length <= 1 ? null : slash < 0 ? path[1..] : path[1..slash];
        Key = slash >= 0 && slash + 1 < path.Length ? path[(slash + 1)..] : null;
    }

    public HttpContext Http { get; }

    public string Method => Http.Request.Method;

    public IHeaderDictionary Headers => Http.Request.Headers;

    public HttpResponse Response => Http.Response;

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The path, percent-decoded once and not normalised (<c>a/./b</c> is a key of its own).</summary>
    public string Path { get; }

    public QueryParameters Query { get; }

    /// <summary>Null: the service itself.</summary>
    public string? Bucket { get; }

    /// <summary>Null: the bucket itself.</summary>
    public string? Key { get; }

    /// <summary>A header's value, or null when it is absent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Reads the raw target: Kestrel's own path is normalised, which would merge different keys.</summary>
    /// <exception cref="S3Exception">400 InvalidURI.</exception>
    public static S3Request Parse(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        if (target is not ['/', ..])
        {
            // Absolute form, as proxies send it.
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : target[(authority + 3)..].IndexOf('/');
            target = slash < 0 ? "/" : target[(authority + 3 + slash)..];
        }

        var question = target.IndexOf('?');
        if (!UriEncoding.TryDecode(question < 0 ? target : target[..question], plusIsSpace: false, out var path))
            throw S3Errors.InvalidUri();
        return new S3Request(http, path, QueryParameters.Parse(question < 0 ? default : target[(question + 1)..]));
    }
}
