namespace Floe.SeedWorker.Bootstrap;

/// <summary>What a bootstrap did.</summary>
/// <param name="Changes">What was missing or wrong and is right now; empty when all was right.</param>
/// <param name="Elapsed">How long it took, waiting included.</param>
public sealed record BootstrapReport(IReadOnlyList<string> Changes, TimeSpan Elapsed);
