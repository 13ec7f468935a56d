using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Floe.Emulators.Polaris.Http;
using Floe.ServiceDefaults.Http;
using Npgsql;

namespace Floe.Emulators.Polaris.Errors;

/// <summary>Turns every failure into the body that the specification gives it. Nothing leaves as an empty 500.</summary>
internal sealed partial class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> logger)
{
    private const string RetryAfterSeconds = "1";

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            // Handlers answer by body or exception: a bare 404 or 405 comes from the router.
            if (http.Response is { HasStarted: false, StatusCode: 404 or 405 })
                await WriteAsync(http, NoSuchRoute(http));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to answer.
            http.Response.StatusCode = 499;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            if (e is OAuthException oauth)
                await WriteAsync(http, oauth);
            else
                await WriteAsync(http, Explain(e, http));
        }
    }

    private static PolarisException NoSuchRoute(HttpContext http) => http.Response.StatusCode == 405
        ? new PolarisException(405, "MethodNotAllowedException", $"{http.Request.Method} is not served on {http.Request.Path}")
        : PolarisException.NotFound($"{http.Request.Method} {http.Request.Path} is not an endpoint of this server; GET /api/catalog/v1/config lists what is served");

    private PolarisException Explain(Exception e, HttpContext http)
    {
        switch (e)
        {
            case PolarisException polaris:
                return polaris;
            case BadHttpRequestException bad:
                return new(bad.StatusCode, "BadRequestException", bad.Message);
            case NpgsqlException database when DatabaseOutage.Is(database):
                LogDatabaseOutage(http.Request.Method, http.Request.Path, database.Message);
                return PolarisException.Unavailable("The catalog's database does not answer; nothing was changed, repeat the request when it is back");
            case AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.Unauthorized } denied:
                LogStorageFailure(http.Request.Method, http.Request.Path, denied.ErrorCode, denied.Message);
                return PolarisException.Forbidden($"The object store refused the catalog's credentials ({denied.ErrorCode}); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the catalog server");
            case AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotFound } missing:
                return PolarisException.BadRequest($"The object store has no such bucket or file ({missing.ErrorCode}); check the catalog's storageConfigInfo and locations");
            case AmazonServiceException or AmazonClientException:
            case var _ when ConnectionFailure.Is(e):
                LogStorageFailure(http.Request.Method, http.Request.Path, e.GetType().Name, e.Message);
                return PolarisException.Unavailable("The catalog's object store does not answer; nothing was changed, repeat the request when it is back");
            default:
                LogUnexpected(e, http.Request.Method, http.Request.Path);
                return new(500, "ServiceFailureException", $"The catalog failed on {http.Request.Method} {http.Request.Path}; its log has the reason");
        }
    }

    private static Task WriteAsync(HttpContext http, PolarisException e)
    {
        if (e.Status == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        if (e.Status == 503)
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        return http.WriteJsonAsync(e.Status, new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = e.Message, ["type"] = e.Type, ["code"] = e.Status },
        });
    }

    private static Task WriteAsync(HttpContext http, OAuthException e) => http.WriteJsonAsync(e.Status, new JsonObject
    {
        ["error"] = e.Error,
        ["error_description"] = e.Message,
    });

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogUnexpected(Exception e, string method, PathString path);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Path}: the database does not answer: {Reason}")]
    private partial void LogDatabaseOutage(string method, PathString path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Method} {Path}: the object store failed ({Code}): {Reason}")]
    private partial void LogStorageFailure(string method, PathString path, string code, string reason);
}
