using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Floe.Emulators.Marquez.Page;

/// <summary>The lineage page at <c>/</c>, with the libraries that it draws with, from the assembly: it needs no network.</summary>
internal static class PageFiles
{
    // Everything comes from here; the drawing library sets styles of its own.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly Dictionary<string, (string File, string ContentType)> s_files = new(StringComparer.Ordinal)
    {
        ["/"] = ("index.html", "text/html; charset=utf-8"),
        ["/page.css"] = ("page.css", "text/css; charset=utf-8"),
        ["/page.js"] = ("page.js", "text/javascript; charset=utf-8"),
        ["/cytoscape.min.js"] = ("cytoscape.min.js", "text/javascript; charset=utf-8"),
        ["/dagre.min.js"] = ("dagre.min.js", "text/javascript; charset=utf-8"),
    };

    public static bool Has(HttpContext http) =>
        (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && s_files.ContainsKey(http.Request.Path.Value ?? "");

    public static async Task SendAsync(HttpContext http)
    {
        var (file, contentType) = s_files[http.Request.Path.Value!];
        await using var content = typeof(PageFiles).Assembly.GetManifestResourceStream($"page/{file}")
            ?? throw new InvalidOperationException($"The page's file {file} is not in the assembly; build Floe.Emulators by its project file.");
        var tag = $"\"{Convert.ToHexStringLower((await SHA256.HashDataAsync(content, http.RequestAborted)).AsSpan(0, 8))}\"";
        var headers = http.Response.Headers;
        headers.ETag = tag;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = contentType;
        http.Response.ContentLength = content.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        content.Position = 0;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
