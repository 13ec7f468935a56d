namespace Floe.SeedWorker.Jobs;

/// <summary>A step of a run.</summary>
/// <param name="Name">What it does.</param>
/// <param name="State">Where it is; never pending.</param>
/// <param name="Rows">Rows written, where the step writes rows.</param>
/// <param name="Detail">What is worth knowing.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds; null while it runs.</param>
public sealed record RunStep(string Name, RunState State, long? Rows, string? Detail, string? Error, DateTimeOffset StartedAt, double? DurationMs);
