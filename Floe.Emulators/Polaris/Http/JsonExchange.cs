using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Http;

/// <summary>JSON in and out of a request.</summary>
internal static class JsonExchange
{
    private static readonly JsonDocumentOptions s_readerOptions = new() { AllowDuplicateProperties = false };

    /// <summary>The body, which must be one JSON object.</summary>
    /// <exception cref="PolarisException">400: it is missing, not JSON, has a key twice, or is no object.</exception>
    public static async Task<JsonObject> ReadObjectAsync(this HttpContext http) =>
        await http.ReadOptionalObjectAsync() ?? throw PolarisException.BadRequest("The request has no body; it must be a JSON object");

    /// <summary>As <see cref="ReadObjectAsync"/>, or null where there is no body.</summary>
    public static async Task<JsonObject?> ReadOptionalObjectAsync(this HttpContext http)
    {
        if (http.Request.ContentLength is 0 || (http.Request.ContentLength is null && !http.Request.Headers.ContainsKey("Transfer-Encoding") && http.Request.Protocol != "HTTP/2"))
            return null;
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, documentOptions: s_readerOptions, cancellationToken: http.RequestAborted) as JsonObject
                ?? throw PolarisException.BadRequest("The body of the request must be a JSON object");
        }
        catch (JsonException e)
        {
            throw PolarisException.BadRequest($"The body of the request is not valid JSON: {e.Message}");
        }
    }

    /// <summary>Answers 204.</summary>
    public static Task WriteNothingAsync(this HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Answers 201 without a body, as the management API does for assignments and grants.</summary>
    public static Task WriteCreatedAsync(this HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        return Task.CompletedTask;
    }
}
