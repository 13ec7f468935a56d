using System.Diagnostics;
using System.Globalization;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Copy;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Health;
using Floe.Emulators.Minio.Listing;
using Floe.Emulators.Minio.MultiDelete;
using Floe.Emulators.Minio.Multipart;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Floe.Emulators.Minio;

/// <summary>The one request handler: authenticate, choose the operation by method and query, and turn errors into S3's documents.</summary>
internal sealed partial class S3Service(BucketStore store, Authenticator authenticator, TimeProvider time, StoreMetrics metrics, ILogger<S3Service> logger)
{
    private const int DiskFull = 28;
    private readonly BucketOperations _buckets = new(store);
    private readonly MultipartOperations _multipart = new(store, time, metrics);
    private long _requests = Stopwatch.GetTimestamp();

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.Server = "Floe-S3";
        if (HealthProbe.Matches(http.Request))
        {
            http.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
            await HealthProbe.AnswerAsync(http.Response);
            return;
        }

        var requestId = Interlocked.Increment(ref _requests).ToString("X16", CultureInfo.InvariantCulture);
        http.Response.Headers["x-amz-request-id"] = requestId;
        try
        {
            var request = S3Request.Parse(http);
            Describe(http, request);
            await DispatchAsync(request);
            LogRequest(request.Method, request.Path, http.Response.StatusCode);
        }
        catch (S3Exception e)
        {
            if (e.Status == StatusCodes.Status507InsufficientStorage)
                LogDiskFull();
            await AnswerAsync(http, e, requestId);
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(http, S3Errors.IncompleteBody(e.Message), requestId);
        }
        catch (IOException e) when (e.HResult == DiskFull || (e.HResult & 0xFFFF) is 112)
        {
            LogDiskFull();
            await AnswerAsync(http, S3Errors.StorageFull(), requestId);
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException
            || (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException))
        {
            LogAborted(http.Request.Method, http.Request.Path);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailure(e, http.Request.Method, http.Request.Path, requestId);
            await AnswerAsync(http, new S3Exception(500, "InternalError", "The store failed to answer; its log has the reason under this request id."), requestId);
        }
    }

    private Task DispatchAsync(S3Request request)
    {
        var signed = authenticator.Authenticate(request);
        if (request.Bucket is not { } name)
            return request.Method == "GET" ? _buckets.ListAsync(request) : throw S3Errors.MethodNotAllowed(request.Method, "SERVICE");
        var subresource = Subresources.Named(request.Query);
        if (request.Key is null && request.Method == "PUT" && subresource is null)
            return _buckets.CreateAsync(request, signed);
        var bucket = store.Get(name);
        if (subresource is not null)
        {
            return (request.Method, subresource, request.Key) switch
            {
                ("GET", "location", null) => BucketOperations.LocationAsync(request),
                ("GET", "versioning", null) => BucketOperations.VersioningAsync(request),
                ("GET", "acl", _) => BucketOperations.AclAsync(request),
                _ => throw Subresources.Refuse(request, subresource),
            };
        }
        return request.Key is null ? DispatchBucket(request, signed, bucket) : DispatchObject(request, signed, bucket);
    }

    private Task DispatchBucket(S3Request request, SignedRequest signed, Bucket bucket) => request.Method switch
    {
        "HEAD" => _buckets.HeadAsync(request, bucket),
        "DELETE" => _buckets.DeleteAsync(request, bucket),
        "GET" when request.Query.Has("uploads") => ListUploads.UploadsAsync(request, bucket),
        "GET" when request.Query["list-type"] == "2" => ListObjects.V2Async(request, bucket),
        "GET" => ListObjects.V1Async(request, bucket),
        "POST" when request.Query.Has("delete") => DeleteObjects.HandleAsync(request, signed, bucket),
        "POST" => throw S3Errors.NotImplemented("uploads by HTML form"),
        _ => throw S3Errors.MethodNotAllowed(request.Method, "BUCKET"),
    };

    private Task DispatchObject(S3Request request, SignedRequest signed, Bucket bucket)
    {
        var upload = request.Query.Has("uploadId");
        var copy = request.Header(CopySource.Header) is not null;
        return request.Method switch
        {
            "GET" when upload => ListUploads.PartsAsync(request, bucket),
            "GET" => GetObject.HandleAsync(request, bucket, metrics),
            "HEAD" => GetObject.HeadAsync(request, bucket),
            "PUT" when upload && copy => _multipart.CopyPartAsync(request, bucket),
            "PUT" when upload => _multipart.UploadPartAsync(request, signed, bucket),
            "PUT" when copy => CopyObject.HandleAsync(request, store, bucket, time),
            "PUT" => PutObject.HandleAsync(request, signed, bucket, time, metrics),
            "POST" when request.Query.Has("uploads") => _multipart.BeginAsync(request, bucket),
            "POST" when upload => CompleteUpload.HandleAsync(request, signed, bucket, time),
            "DELETE" when upload => _multipart.AbortAsync(request, bucket),
            "DELETE" => DeleteObject.HandleAsync(request, bucket),
            _ => throw S3Errors.MethodNotAllowed(request.Method, "OBJECT"),
        };
    }

    private async Task AnswerAsync(HttpContext http, S3Exception error, string requestId)
    {
        LogError(http.Request.Method, http.Request.Path, error.Status, error.Code);
        if (http.Response.HasStarted)
        {
            // The status is sent; a broken connection is the only honest sign left.
            http.Abort();
            return;
        }
        await ErrorAnswer.WriteAsync(http, error, http.Request.Path, requestId);
    }

    /// <summary>Names span and metric by kind of resource, not by key: a trace view groups by name.</summary>
    private static void Describe(HttpContext http, S3Request request)
    {
        var route = request.Bucket is null ? "/" : request.Key is null ? "/{bucket}" : "/{bucket}/{key}";
        http.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new("http.route", route));
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            return;
        span.DisplayName = $"{request.Method} {route}";
        span.SetTag("http.route", route);
        if (request.Bucket is { } bucket)
            span.SetTag("aws.s3.bucket", bucket);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} -> {Status}")]
    private partial void LogRequest(string method, string path, int status);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} -> {Status} {Code}")]
    private partial void LogError(string method, string path, int status, string code);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the client went away.")]
    private partial void LogAborted(string method, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk of the S3 store is full: an upload was refused with 507.")]
    private partial void LogDiskFull();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed (request id {RequestId}).")]
    private partial void LogFailure(Exception e, string method, string path, string requestId);
}
