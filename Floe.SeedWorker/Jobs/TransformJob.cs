using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Transform;

namespace Floe.SeedWorker.Jobs;

/// <summary>Builds the marts from the raw tables as they are.</summary>
public sealed class TransformJob(TransformPipeline transform) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "transform";

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        JobParameters.Members(request);
        return [];
    }

    /// <inheritdoc/>
    public Task RunAsync(RunContext run, CancellationToken ct) => transform.RunAsync(run, ct);
}
