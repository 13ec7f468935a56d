using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>Trino's client protocol: a statement, and its result pages until the last.</summary>
internal static class TrinoLogin
{
    private const string Service = "Trino";
    private const int DefaultPort = 8080;

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, CancellationToken cancellationToken)
    {
        var host = config.ComputeHost ?? credentials.Optional("TRINO_HOST") ?? throw new CheckFailedException("Trino has no host", "set Floe:Preflight:ComputeHost to the coordinator");
        var user = credentials.Required("TRINO_USER", "the user that queries run as");
        var password = credentials.Optional("TRINO_PASSWORD");
        var coordinator = JsonHttp.Url(host, config.ComputePort ?? (host.Contains("://", StringComparison.Ordinal) ? null : DefaultPort), password is null ? "http" : "https");
        var answer = await AskAsync(HttpMethod.Post, new(coordinator, "/v1/statement"), "select 1");
        JsonArray? row = null;
        while (true)
        {
            if ((answer["error"] as JsonObject)?["message"] is { } message)
                throw new CheckFailedException($"Trino cannot run a query: {message}", "look at the coordinator's web page for the workers and the query");
            row ??= answer["data"]?[0] as JsonArray;
            if (answer["nextUri"]?.ToString() is not { } next)
                break;
            var page = new Uri(next);
            // The login goes to nobody but the coordinator.
            if (page.Host != coordinator.Host)
                throw new CheckFailedException($"Trino sends its clients to another host, {page.Host}", "set the coordinator's http-server.process-forwarded, or ask it by the name that it knows itself by");
            answer = await AskAsync(HttpMethod.Get, page, null);
        }
        return row?[0]?.ToString() == "1"
            ? new($"Trino at {coordinator.Authority} answered SELECT 1 for {user}", new JsonObject { ["type"] = "trino", ["host"] = coordinator.Authority })
            : throw new CheckFailedException("Trino ended SELECT 1 without the row", "look at the coordinator's web page for the workers and the query");

        Task<JsonObject> AskAsync(HttpMethod method, Uri uri, string? statement)
        {
            var request = new HttpRequestMessage(method, uri) { Content = statement is null ? null : new StringContent(statement) };
            request.Headers.Add("X-Trino-User", user);
            request.Headers.Add("X-Trino-Source", "floe-preflight");
            if (password is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
            return http.SendAsync(request, Service, (status, message) => JsonHttp.Refused(Service, status, message, "TRINO_USER and TRINO_PASSWORD"), cancellationToken);
        }
    }
}
