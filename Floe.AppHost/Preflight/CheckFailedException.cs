using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight;

/// <summary>A check found something that would make the deployment fail.</summary>
/// <param name="message">What is wrong; no secrets.</param>
/// <param name="remediation">What to do.</param>
internal sealed class CheckFailedException(string message, string remediation) : Exception(message)
{
    public string Remediation { get; } = remediation;
}

/// <summary>What a check found when nothing failed.</summary>
/// <param name="Message">What works.</param>
/// <param name="Details">Facts.</param>
/// <param name="Remediation">Set: a warning, and what to do about it.</param>
internal sealed record CheckFinding(string Message, JsonObject? Details = null, string? Remediation = null);
