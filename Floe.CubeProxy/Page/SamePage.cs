using System.Net;

namespace Floe.CubeProxy.Page;

/// <summary>
/// Whether a request comes from this service's own page in a browser on this machine. Other sites' pages in the same browser can send requests here, and by
/// a name of their own that leads to 127.0.0.1 (DNS rebinding) they even look like the same origin; a proxy makes everybody look local. Whatever is missing or
/// unexpected is a refusal.
/// </summary>
internal static class SamePage
{
    // What proxies write.
    private static readonly string[] _proxied = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-For", "X-Original-Host", "X-Real-IP"];

    /// <returns>Null when it does; otherwise why not, without anything that the request says.</returns>
    public static string? Refusal(HttpContext http)
    {
        var (request, connection) = (http.Request, http.Connection);
        if (connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote)) return "the request does not come from this machine";
        if (_proxied.Any(request.Headers.ContainsKey)) return "the request came through a proxy";
        if (!IsLocalName(request.Host.Host)) return "the page was not opened by the name localhost or 127.0.0.1";
        if (request.Headers.Origin is not [{ } origin] || !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)) return "the request does not come from this service's own page";
        return request.Headers["Sec-Fetch-Site"] is ["same-origin"] ? null : "the browser does not say that the request comes from this service's own page";
    }

    // Names below .localhost lead to this machine by RFC 6761; browsers do not ask anybody for them.
    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]";
}
