namespace Floe.SeedWorker.Jobs;

/// <summary>An attempt of a run that failed and was followed by another.</summary>
/// <param name="Attempt">Which one, from 1.</param>
/// <param name="At">When it failed.</param>
/// <param name="Error">Why.</param>
public sealed record RunFailure(int Attempt, DateTimeOffset At, string Error);
