using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Jobs;

/// <summary>The worker's control API, for commands of the dashboard.</summary>
internal sealed class WorkerApi(HttpClient http, string url)
{
    /// <summary>Starts a run.</summary>
    /// <exception cref="DistributedApplicationException">The worker takes none; its own sentence.</exception>
    public async Task<JsonNode> StartAsync(string job, JsonObject? parameters, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync($"{url}/api/jobs/{job}/runs", parameters ?? [], ct);
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>(ct);
        return response.IsSuccessStatusCode ? answer! : throw new DistributedApplicationException((string?)answer?["detail"] ?? $"The worker takes no run of {job} ({(int)response.StatusCode}).");
    }

    /// <summary>Follows a run to its end.</summary>
    /// <param name="id">The run.</param>
    /// <param name="changed">Called with the run whenever it changed.</param>
    /// <returns>The run as it ended.</returns>
    /// <exception cref="DistributedApplicationException">The worker went away before.</exception>
    public async Task<JsonNode> FollowAsync(string id, Action<JsonNode> changed, CancellationToken ct)
    {
        using var response = await http.GetAsync($"{url}/api/runs/{id}/events", HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        await foreach (var change in SseParser.Create(await response.Content.ReadAsStreamAsync(ct)).EnumerateAsync(ct))
        {
            var run = JsonNode.Parse(change.Data)!;
            changed(run);
            if ((string?)run["state"] is "completed" or "failed")
                return run;
        }

        throw new DistributedApplicationException($"The worker went away before the run {id} ended; when it is back it takes the run up again: look at {url}/api/runs/{id}.");
    }

    /// <summary>Whether the worker is ready, and if not what it says about it.</summary>
    public async Task<(bool Ready, string Says)> HealthAsync(CancellationToken ct)
    {
        using var response = await http.GetAsync($"{url}/health", ct);
        var says = (await response.Content.ReadFromJsonAsync<JsonObject>(ct))?["checks"]?.AsObject().Where(check => (string?)check.Value?["status"] != "Healthy").Select(check => (string?)check.Value?["description"]);
        return (response.IsSuccessStatusCode, string.Join("; ", says ?? []));
    }
}
