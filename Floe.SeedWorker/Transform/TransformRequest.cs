namespace Floe.SeedWorker.Transform;

/// <summary>What a run of the project is to do.</summary>
/// <param name="Select">Which nodes, as dbt's <c>--select</c>; empty for all.</param>
/// <param name="Exclude">Which nodes not, as dbt's <c>--exclude</c>.</param>
/// <param name="FullRefresh">Builds incremental models from nothing.</param>
public sealed record TransformRequest(string Select = "", string Exclude = "", bool FullRefresh = false);
