using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>
/// Completes ASP.NET Core's server spans to the stable HTTP semantic conventions (name <c>{method} {route}</c>, required and recommended
/// attributes, status). .NET 10 leaves them empty; the query string is never recorded because it can carry values of users.
/// </summary>
internal sealed class HttpServerSpanMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var span = http.Features.Get<IHttpActivityFeature>()?.Activity;
        if (span is null)
        {
            await next(http);
            return;
        }

        if (IsProbe(http.Request.Path))
        {
            // Probes come every second; a span each would bury everything else.
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            span.IsAllDataRequested = false;
            await next(http);
            return;
        }

        try
        {
            await next(http);
            Complete(span, http, http.Response.StatusCode);
        }
        catch (Exception e)
        {
            Complete(span, http, http.Response.HasStarted ? http.Response.StatusCode : StatusCodes.Status500InternalServerError);
            // Not as an event: those cannot be redacted. The log has the exception with its stack.
            span.Failed(e);
            throw;
        }
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health") || path.StartsWithSegments("/alive") || path.StartsWithSegments("/minio/health")
        || path.StartsWithSegments("/q/health") || path.StartsWithSegments("/readyz") || path.StartsWithSegments("/livez")
        || path.StartsWithSegments("/healthcheck") || path.StartsWithSegments("/ping");

    private static void Complete(Activity span, HttpContext http, int status)
    {
        var request = http.Request;
        var method = request.Method;
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        // A name that a service chose itself (the S3 store has no routes) stays.
        if (span.DisplayName == span.OperationName)
            span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        if (route is not null)
            span.SetTag("http.route", route);
        span.SetTag("server.address", request.Host.Host);
        if (request.Host.Port is { } port)
            span.SetTag("server.port", port);
        span.SetTag("network.protocol.version", request.Protocol is ['H', 'T', 'T', 'P', '/', .. var version] ? version : request.Protocol);
        if (http.Connection.RemoteIpAddress is { } client)
            span.SetTag("client.address", client.ToString());
        if (request.Headers.UserAgent is [{ } agent, ..])
            span.SetTag("user_agent.original", agent);
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
