using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>BigQuery: a service account's token and one query.</summary>
internal static class BigQueryLogin
{
    private const string Service = "BigQuery";

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (token, accountProject) = await GoogleAccount.LoginAsync(credentials, http, clock, "https://www.googleapis.com/auth/bigquery", cancellationToken);
        var project = credentials.Optional("GOOGLE_CLOUD_PROJECT") ?? accountProject ?? throw new CheckFailedException("BigQuery has no project", "set GOOGLE_CLOUD_PROJECT");
        var server = JsonHttp.Url(config.ComputeHost ?? "bigquery.googleapis.com", config.ComputePort, "https");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, $"/bigquery/v2/projects/{Uri.EscapeDataString(project)}/queries"))
        {
            Content = new StringContent("""{"query":"select 1","useLegacySql":false,"timeoutMs":10000}""", MediaTypeHeaderValue.Parse("application/json")),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await http.SendAsync(request, Service, (status, message) => JsonHttp.Refused(Service, status, message, "that the service account has the role BigQuery Job User"), cancellationToken);
        return answer["rows"]?[0]?["f"]?[0]?["v"]?.ToString() == "1"
            ? new($"BigQuery answered SELECT 1 in the project {project}", new JsonObject { ["type"] = "bigquery", ["project"] = project })
            : throw new CheckFailedException("BigQuery did not end SELECT 1 in time", "look at the project's jobs and quotas");
    }
}
