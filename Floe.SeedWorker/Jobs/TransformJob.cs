using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Transform;

namespace Floe.SeedWorker.Jobs;

/// <summary>Builds the marts from the raw tables as they are, or a part of them, or all of them from nothing.</summary>
public sealed class TransformJob(TransformPipeline transform) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "transform";
    private const string Select = "select";
    private const string Exclude = "exclude";
    private const string FullRefresh = "fullRefresh";
    private const string FormerFullRefresh = "full_refresh";

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        if (request is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty(FormerFullRefresh, out var former))
            throw new JobParameterException(FormerFullRefresh, JobParameters.Shown(former), $"the parameter is called {FullRefresh}");
        var members = JobParameters.Members(request, Select, Exclude, FullRefresh);
        return new()
        {
            [Select] = JobParameters.Text(members, Select, 1_000),
            [Exclude] = JobParameters.Text(members, Exclude, 1_000),
            [FullRefresh] = JobParameters.Flag(members, FullRefresh),
        };
    }

    /// <inheritdoc/>
    public Task RunAsync(RunContext run, CancellationToken ct) => transform.RunAsync(
        run, new TransformRequest(Given(run, Select)?.GetValue<string>() ?? "", Given(run, Exclude)?.GetValue<string>() ?? "", Given(run, FullRefresh)?.GetValue<bool>() ?? false), ct);

    private static JsonNode? Given(RunContext run, string name) => run.Parameters[name];
}
