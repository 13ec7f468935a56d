using Microsoft.Extensions.Options;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Snapshots;
using Floe.CubeProxy.Upstream;

namespace Floe.CubeProxy.Serving;

/// <summary>The addresses of Cube's REST API.</summary>
internal static partial class CubeEndpoints
{
    private const string Base = "/cubejs-api";

    public static void MapCubeApi(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<CubeSettings>>().Value.Origins;
        app.Use((http, next) => AllowOtherOriginsAsync(http, next, origins));
        if (app.Configuration.HasUpstream()) MapUpstream(app);
        else MapEngine(app);
        app.MapMethods("/livez", ["GET", "HEAD"], http => JsonHealthAsync(http, true));
        app.MapFallback(http => JsonAnswer.SendErrorAsync(http, 404, $"There is no {http.Request.Method} {http.Request.Path} here; this service has / (a page), {Page.Freshness.Path}, {Base}/v1/load, /meta, /sql and /dry-run, /readyz and /livez."));
    }

    private static void MapEngine(WebApplication app)
    {
        Map(app, "load", cube => cube.LoadAsync, "GET", "HEAD", "POST");
        Map(app, "meta", cube => cube.MetaAsync, "GET", "HEAD");
        Map(app, "sql", cube => cube.SqlAsync, "GET", "HEAD", "POST");
        Map(app, "dry-run", cube => cube.DryRunAsync, "GET", "HEAD", "POST");
        Map(app, "pre-aggregations/jobs", _ => (_, _) => throw new CubeApiException(403, "API scope is missing: jobs", "missing_scope"), "POST");
        app.MapMethods("/readyz", ["GET", "HEAD"], http => JsonHealthAsync(http, http.RequestServices.GetRequiredService<SnapshotStore>().Current is not null));
    }

    // Whatever else the Cube behind has, it has here.
    private static void MapUpstream(WebApplication app)
    {
        app.MapMethods($"{Base}/v1/load", ["GET", "POST"], http => AnswerAsync(http, "load", http.RequestServices.GetRequiredService<UpstreamApi>().LoadAsync));
        app.MapMethods($"{Base}/{{**path}}", ["GET", "POST", "PUT", "DELETE"], http => AnswerAsync(http, "…", http.RequestServices.GetRequiredService<UpstreamApi>().ForwardAsync));
        app.MapMethods("/readyz", ["GET", "HEAD"], http => JsonHealthAsync(http, http.RequestServices.GetRequiredService<UpstreamReadiness>().Problem is null));
    }

    private static void Map(WebApplication app, string path, Func<CubeApi, Func<HttpContext, SecurityContext, Task>> action, params string[] methods) =>
        app.MapMethods($"{Base}/v1/{path}", methods, http => AnswerAsync(http, path, action(http.RequestServices.GetRequiredService<CubeApi>())));

    // Who asks is checked first, whoever answers.
    internal static async Task AnswerAsync(HttpContext http, string path, Func<HttpContext, SecurityContext, Task> action)
    {
        try
        {
            var context = new SecurityContext(await http.RequestServices.GetRequiredService<TokenCheck>().CheckAsync(Authorization(http.Request), http.RequestAborted));
            await action(http, context);
        }
        catch (CubeApiException e)
        {
            await JsonAnswer.SendErrorAsync(http, e);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFailure(http.RequestServices.GetRequiredService<ILogger<CubeApi>>(), e, path);
            await JsonAnswer.SendErrorAsync(http, 500, "Error: The service failed to answer this query; the reason is in its log.");
        }
    }

    // Where a gateway keeps Authorization for itself.
    private static string? Authorization(HttpRequest request) =>
        request.Headers["x-cube-authorization"] is [{ Length: > 0 } own, ..] ? own : request.Headers.Authorization;

    // Dashboards run in browsers on other origins; tokens, not cookies, carry the identity.
    private static Task AllowOtherOriginsAsync(HttpContext http, RequestDelegate next, IReadOnlyList<string> origins)
    {
        if (!http.Request.Path.StartsWithSegments(Base)) return next(http);
        var headers = http.Response.Headers;
        if (origins.Contains("*"))
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else
        {
            headers.Append("Vary", "Origin");
            var origin = http.Request.Headers.Origin.ToString();
            if (origins.Contains(origin)) headers.AccessControlAllowOrigin = origin;
        }
        if (!HttpMethods.IsOptions(http.Request.Method)) return next(http);
        headers.AccessControlAllowMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
        if (http.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task JsonHealthAsync(HttpContext http, bool isHealthy)
    {
        http.Response.StatusCode = isHealthy ? 200 : 500;
        await JsonAnswer.SendAsync(http, JsonAnswer.Build(json =>
        {
            json.WriteStartObject();
            json.WriteString("health", isHealthy ? "HEALTH" : "DOWN");
            json.WriteEndObject();
        }));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "/v1/{Path} failed.")]
    private static partial void LogFailure(ILogger logger, Exception exception, string path);
}
