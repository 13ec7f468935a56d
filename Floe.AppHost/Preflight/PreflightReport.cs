using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Floe.AppHost.Preflight;

/// <summary>How a check ended.</summary>
public enum PreflightStatus
{
    Ok,
    Warning,
    Error,
}

/// <summary>Result of one check (data model 007, "PreflightResult").</summary>
/// <param name="Service">compute, storage, catalog, postgres or cluster.</param>
/// <param name="Status">ok, warning or error.</param>
/// <param name="Message">What was found, for a human.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="Remediation">What to do; null only when all is well.</param>
/// <param name="Details">Facts for the diagnosis; no secrets.</param>
public sealed record PreflightResult(string Service, PreflightStatus Status, string Message, long DurationMs, string? Remediation = null, JsonObject? Details = null)
{
    /// <summary><c>[SERVICE] STATUS: MESSAGE. Remediation: …</c></summary>
    public override string ToString() =>
        $"[{Service.ToUpperInvariant()}] {Status.ToString().ToUpperInvariant()}: {Message.TrimEnd('.')}.{(Remediation is null ? "" : $" Remediation: {Remediation.TrimEnd('.')}.")}";
}

/// <summary>Result of all checks (data model 007, "PreflightReport").</summary>
/// <param name="Timestamp">When it was made, UTC.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="Environment">Environment that was validated, or null.</param>
/// <param name="Checks">In the order of <see cref="PreflightService.All"/>.</param>
public sealed record PreflightReport(DateTimeOffset Timestamp, long DurationMs, string? Environment, IReadOnlyList<PreflightResult> Checks)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>pass, or fail when a check is an error; warnings pass.</summary>
    public string OverallStatus => Checks.Any(c => c.Status == PreflightStatus.Error) ? "fail" : "pass";

    /// <summary>0 when it passes, 1 when it fails; a wrong configuration is 2 and has no report.</summary>
    [JsonIgnore]
    public int ExitCode => OverallStatus == "pass" ? 0 : 1;

    /// <summary>The report as the contract of 007 has it.</summary>
    public string ToJson() => $"{JsonSerializer.Serialize(this, s_json)}\n";
}
