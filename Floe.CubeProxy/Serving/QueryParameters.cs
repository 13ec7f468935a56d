using System.Text.Json;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>What a request carries: the query, and how it is to be answered.</summary>
internal sealed class QueryParameters(JsonDocument document, JsonElement query, string? queryType, string? cache) : IDisposable
{
    public JsonElement Query { get; } = query;
    public bool HasQueryType { get; } = queryType is not null;
    public bool IsMulti { get; } = queryType == "multi";
    public string? Cache { get; } = cache;

    /// <summary>Reads <c>?query=…</c> of a GET or <c>{"query": …}</c> of a POST.</summary>
    public static async Task<QueryParameters> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            var text = request.Query["query"].ToString();
            if (text.Length == 0) throw Missing();
            var document = Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.String) document = Unwrap(document);
            return new QueryParameters(document, document.RootElement, Text(request.Query["queryType"]), Text(request.Query["cache"]));
        }

        var body = await ReadBodyAsync(request, ct);
        try
        {
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("query", out var query) || IsNothing(query)) throw Missing();
            if (Field(root, "format") == "sql" && request.Path.Value!.EndsWith("/sql", StringComparison.Ordinal))
                throw new CubeApiException(500, "Error: SQL interface is not initialized. Please enable the SQL interface in your settings.", "unsupported");
            var (queryType, cache) = (Field(root, "queryType"), Field(root, "cache"));
            if (query.ValueKind != JsonValueKind.String) return new QueryParameters(body, query, queryType, cache);
            // A query may come as JSON inside a string.
            var inner = Parse(query.GetString()!);
            body.Dispose();
            if (inner.RootElement.ValueKind == JsonValueKind.String) inner = Unwrap(inner);
            return new QueryParameters(inner, inner.RootElement, queryType, cache);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose() => document.Dispose();

    // Null and what JavaScript takes for it.
    private static bool IsNothing(JsonElement query) =>
        query.ValueKind is JsonValueKind.Null or JsonValueKind.False || (query.ValueKind == JsonValueKind.String && query.ValueEquals("")) || (query.ValueKind == JsonValueKind.Number && query.GetDouble() == 0);

    private static JsonDocument Unwrap(JsonDocument text)
    {
        using (text) return Parse(text.RootElement.GetString()!);
    }

    private static async Task<JsonDocument> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength == 0) throw Missing();
        try
        {
            return await JsonDocument.ParseAsync(request.Body, default, ct);
        }
        catch (JsonException e)
        {
            throw new CubeApiException(400, $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).", "invalid_json", inner: e);
        }
        catch (BadHttpRequestException e)
        {
            throw new CubeApiException(e.StatusCode, e.StatusCode == 413 ? "The body is too large; a query may have 1 MB." : "The body could not be read.", "invalid_body", inner: e);
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CubeApiException(400, $"Unable to decode query param as JSON, error: {JsonSyntax.Explain(text)}", "invalid_json", inner: e);
        }
    }

    private static CubeApiException Missing() => CubeApiException.BadRequest("Query param is required");

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values[0];

    private static string? Field(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
