using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>Requests whose answers are JSON.</summary>
internal static class JsonHttp
{
    /// <summary>Sends and reads; a status other than 2xx is judged by <paramref name="refused"/>.</summary>
    /// <exception cref="CheckFailedException">The answer is no JSON object, or <paramref name="refused"/> says so.</exception>
    public static async Task<JsonObject> SendAsync(
        this HttpClient http, HttpRequestMessage request, string service, Func<HttpStatusCode, string, CheckFailedException> refused, CancellationToken cancellationToken)
    {
        using var sent = request;
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw refused(response.StatusCode, Message(text));
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw NotThat(service);
        }
        catch (JsonException)
        {
            throw NotThat(service);
        }
    }

    /// <summary>The usual complaint for a status.</summary>
    public static CheckFailedException Refused(string service, HttpStatusCode status, string message, string credentials) => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        ? new($"{service} refused the login ({(int)status}){Behind(message)}", $"check {credentials}, and that this user may do it")
        : new($"{service} answered {(int)status}{Behind(message)}", "check the address, and look into the service's log");

    private static string Behind(string message) => message.Length == 0 ? "" : $": {message}";

    private static CheckFailedException NotThat(string service) => new($"what answers is not {service}: no JSON object", "check host and port");

    // Servers put their reason under different names; none of them repeats a secret.
    private static string Message(string text)
    {
        try
        {
            var node = JsonNode.Parse(text) as JsonObject;
            var message = (node?["error"] as JsonObject)?["message"] ?? node?["error_description"] ?? node?["message"] ?? node?["error"];
            return message is JsonValue value ? Short(value.ToString()) : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Short(string text) => text.Length <= 200 ? text : $"{text[..200]}…";

    /// <summary>A URL from a host with or without scheme.</summary>
    public static Uri Url(string host, int? port, string scheme)
    {
        var builder = new UriBuilder(host.Contains("://", StringComparison.Ordinal) ? host : $"{scheme}://{host}");
        if (port is { } number)
            builder.Port = number;
        return builder.Uri;
    }
}
