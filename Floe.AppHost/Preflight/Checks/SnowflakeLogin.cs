using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>Snowflake's session protocol: login, one query, logout.</summary>
internal static class SnowflakeLogin
{
    private const string Service = "Snowflake";

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, CancellationToken cancellationToken)
    {
        var account = credentials.Required("SNOWFLAKE_ACCOUNT", "the account identifier, for example org-name");
        var user = credentials.Required("SNOWFLAKE_USER", "the user that queries run as");
        var password = credentials.Required("SNOWFLAKE_PASSWORD", "its password");
        var server = JsonHttp.Url(config.ComputeHost ?? $"{account}.snowflakecomputing.com", config.ComputePort, "https");
        var login = await AskAsync("/session/v1/login-request", null, new JsonObject
        {
            ["data"] = new JsonObject { ["ACCOUNT_NAME"] = account, ["LOGIN_NAME"] = user, ["PASSWORD"] = password, ["CLIENT_APP_ID"] = "floe-preflight", ["CLIENT_APP_VERSION"] = "1" },
        });
        if (login["data"]?["token"]?.ToString() is not { Length: > 0 } token)
            throw new CheckFailedException("Snowflake answered the login without a session", "check that what answers is Snowflake");
        try
        {
            var query = new JsonObject { ["sqlText"] = "select 1", ["asyncExec"] = false };
            if (credentials.Optional("SNOWFLAKE_WAREHOUSE") is { } warehouse)
                query["parameters"] = new JsonObject { ["WAREHOUSE"] = warehouse };
            var answer = await AskAsync($"/queries/v1/query-request?requestId={Guid.NewGuid()}", token, query);
            return answer["data"]?["rowset"]?[0]?[0]?.ToString() == "1"
                ? new($"Snowflake at {server.Authority} answered SELECT 1 for {user}", new JsonObject { ["type"] = "snowflake", ["host"] = server.Authority })
                : throw new CheckFailedException("Snowflake ended SELECT 1 without the row", "check that the user may use a warehouse (SNOWFLAKE_WAREHOUSE)");
        }
        finally
        {
            await CloseAsync(token);
        }

        async Task<JsonObject> AskAsync(string path, string? session, JsonObject body)
        {
            var answer = await http.SendAsync(Request(path, session, body), Service, (status, message) => JsonHttp.Refused(Service, status, message, "SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and SNOWFLAKE_PASSWORD"), cancellationToken);
            return answer["success"]?.GetValue<bool>() == true ? answer : throw new CheckFailedException(
                $"Snowflake refused: {answer["message"]} ({answer["code"]})", "check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and SNOWFLAKE_PASSWORD, and that the user may use a warehouse");
        }

        HttpRequestMessage Request(string path, string? session, JsonObject body)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, path)) { Content = new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json")) };
            request.Headers.Accept.ParseAdd("application/snowflake");
            if (session is not null)
                request.Headers.TryAddWithoutValidation("Authorization", $"Snowflake Token=\"{session}\"");
            return request;
        }

        async Task CloseAsync(string session)
        {
            try
            {
                using var response = await http.SendAsync(Request("/session?delete=true", session, []), cancellationToken);
            }
            catch (HttpRequestException)
            {
                // The session ends by itself; the check's own result counts.
            }
        }
    }
}
