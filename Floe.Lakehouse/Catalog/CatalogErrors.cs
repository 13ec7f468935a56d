using System.Net;
using System.Text.Json;

namespace Floe.Lakehouse.Catalog;

/// <summary>Turns error answers of the REST catalog into typed exceptions (REST specification, <c>IcebergErrorResponse</c>).</summary>
internal static class CatalogErrors
{
    /// <summary>The exception of an answer. Status and type decide together: a 404 of a table route may mean the namespace.</summary>
    /// <param name="request">Method and path, for the message.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="body">Body of the answer.</param>
    /// <param name="isCommit">Whether the request was a commit: then any 5xx leaves open whether it happened.</param>
    public static CatalogException From(string request, HttpStatusCode status, ReadOnlySpan<byte> body, bool isCommit)
    {
        var (type, detail) = Parse(body);
        var message = $"{request}: {(int)status} {type ?? status.ToString()}{(detail is null ? "" : ": " + detail)}";
        return ((int)status, type) switch
        {
            (>= 500, _) when isCommit => new CommitStateUnknownException(message),
            (_, "CommitStateUnknownException") => new CommitStateUnknownException(message),
            (400, _) => new BadRequestException(message),
            (401 or 419, _) => new NotAuthorizedException(message),
            (403, _) => new ForbiddenException(message),
            (404, "NoSuchNamespaceException") => new NoSuchNamespaceException(message),
            (404, "NoSuchWarehouseException" or "NotFoundException") => new NoSuchWarehouseException(message),
            (404, not "NoSuchTableException") when IsOfNamespace(request) => new NoSuchNamespaceException(message),
            (404, _) => new NoSuchTableException(message),
            (409, "AlreadyExistsException") => new AlreadyExistsException(message),
            (409, "NamespaceNotEmptyException") => new NamespaceNotEmptyException(message),
            (409, _) => new CommitFailedException(message),
            (422, _) => new UnprocessableEntityException(message),
            (429 or >= 500, _) => new ServiceUnavailableException(message),
            _ => new CatalogException(message),
        };
    }

    /// <summary>An answer to HEAD has no body that would say what is missing.</summary>
    private static bool IsOfNamespace(string request) => request.Contains("/namespaces/", StringComparison.Ordinal) && !request.Contains("/tables/", StringComparison.Ordinal);

    private static (string? Type, string? Message) Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                return (Text(error, "type"), Text(error, "message"));
        }
        catch (JsonException)
        {
            // Not from the catalog but from something between: the status says enough.
        }

        return (null, null);

        static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
