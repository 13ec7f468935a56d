namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>Where a command speaks.</summary>
/// <param name="Output">Results.</param>
/// <param name="Errors">Progress, and why it failed.</param>
/// <param name="IsTerminal">Whether somebody looks on, so that a line may be drawn over.</param>
internal sealed record Screen(TextWriter Output, TextWriter Errors, bool IsTerminal);
