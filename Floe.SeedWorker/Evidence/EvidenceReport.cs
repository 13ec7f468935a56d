namespace Floe.SeedWorker.Evidence;

/// <summary>Whether the stack does what it says, by facts.</summary>
/// <param name="Version">Version of this form; another one when a member changes its meaning or goes.</param>
/// <param name="StartedAt">When the checks began.</param>
/// <param name="DurationMs">How long all of them took, in milliseconds; many run side by side.</param>
/// <param name="Status">Fail when one check failed; checks that were skipped do not count.</param>
/// <param name="Checks">The checks.</param>
public sealed record EvidenceReport(int Version, DateTimeOffset StartedAt, double DurationMs, EvidenceStatus Status, IReadOnlyList<EvidenceResult> Checks)
{
    /// <summary>The version of today.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>One check with both values.</summary>
/// <param name="Name">Name of the check, stable.</param>
/// <param name="Compared">What was compared, for people.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Expected">What it must be.</param>
/// <param name="Actual">What was found.</param>
/// <param name="Reason">Why there is nothing to compare: what broke, or what was not given.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Details">Facts beside it, such as the trace of the run that was started.</param>
public sealed record EvidenceResult(
    string Name, string Compared, EvidenceStatus Status, string? Expected, string? Actual, string? Reason, double DurationMs, IReadOnlyDictionary<string, string>? Details);
