using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Transform;

namespace Floe.SeedWorker.Jobs;

/// <summary>Builds the marts from the raw tables as they are.</summary>
public sealed class TransformJob(TransformPipeline transform) : IJob
{
    /// <inheritdoc/>
    public string Name => "transform";

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        JobParameters.Members(request);
        return [];
    }

    /// <inheritdoc/>
    public Task RunAsync(RunContext run, CancellationToken ct) => transform.RunAsync(run, ct);
}
