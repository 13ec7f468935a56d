using Floe.Emulators.Minio.Requests;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Errors;

/// <summary>Writes an error as S3 does: <c>&lt;Error&gt;</c> without namespace; no body for HEAD.</summary>
internal static class ErrorAnswer
{
    public static Task WriteAsync(HttpContext http, S3Exception error, string resource, string requestId)
    {
        http.Response.StatusCode = error.Status;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            // A HEAD answer has no body; the code still helps whoever reads a log of the client.
            http.Response.Headers["x-minio-error-code"] = error.Code;
            return Task.CompletedTask;
        }

        using var xml = new ResponseXml();
        xml.Open("Error");
        xml.Element("Code", error.Code);
        xml.Element("Message", error.Message);
        foreach (var (name, value) in error.Details)
            xml.Element(name, value);
        xml.Element("Resource", resource);
        xml.Element("RequestId", requestId);
        xml.Element("HostId", "floe-s3-embedded");
        xml.Close("Error");
        return xml.SendAsync(http.Response, http.RequestAborted);
    }
}
