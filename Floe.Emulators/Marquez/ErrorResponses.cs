using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Store;
using Npgsql;

namespace Floe.Emulators.Marquez;

/// <summary>Every failure as <c>{"code": status, "message": sentence}</c>, as Dropwizard does; 503 until the database is set up.</summary>
internal sealed partial class ErrorResponses(RequestDelegate next, MarquezStartup startup, ILogger<ErrorResponses> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            if (!startup.Done)
                throw new MarquezException(503, "The lineage server is starting: its database is not set up yet; repeat the request in a moment");
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = 499;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var failure = Explain(e, http);
            if (failure.Status == 503)
                http.Response.Headers.RetryAfter = "1";
            await http.WriteJsonAsync(failure.Status, new JsonObject { ["code"] = failure.Status, ["message"] = failure.Message });
        }
    }

    private MarquezException Explain(Exception e, HttpContext http)
    {
        switch (e)
        {
            case MarquezException told:
                return told;
            case BadHttpRequestException bad:
                return new(bad.StatusCode, bad.Message);
            case NpgsqlException database when DatabaseOutage.Is(database):
                LogOutage(http.Request.Method, http.Request.Path, database.Message);
                return new(503, "The lineage server's database does not answer; nothing was changed, repeat the request when it is back");
            default:
                LogUnexpected(e, http.Request.Method, http.Request.Path);
                return new(500, $"The lineage server failed on {http.Request.Method} {http.Request.Path}; its log has the reason");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogUnexpected(Exception e, string method, PathString path);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Path}: the database does not answer: {Reason}")]
    private partial void LogOutage(string method, PathString path, string reason);
}
