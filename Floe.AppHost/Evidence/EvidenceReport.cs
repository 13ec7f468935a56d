using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Floe.AppHost.Evidence;

/// <summary>One check with both values (<c>docs/evidence.md</c>).</summary>
internal sealed record EvidenceCheck(
    string Name, string Compared, string Status, string? Expected, string? Actual, string? Reason, double DurationMs, IReadOnlyDictionary<string, string>? Details)
{
    public const string Pass = "pass";
    public const string Fail = "fail";
    public const string Skip = "skip";

    /// <summary><c>PASS name: actual (ms)</c>; of one that failed both values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Status.ToUpperInvariant()} {Name}: {Found}{(Status == Fail && Expected is not null ? $"; expected {Expected}" : "")} ({DurationMs:0} ms)");

    /// <summary>What was found, or why nothing was.</summary>
    [JsonIgnore]
    public string Found => Reason ?? Actual ?? "";
}

/// <summary>Whether the stack does what it says, by facts: of the worker's checks and the AppHost's.</summary>
internal sealed record EvidenceReport(int Version, DateTimeOffset StartedAt, double DurationMs, string Status, IReadOnlyList<EvidenceCheck> Checks)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>In one sentence.</summary>
    [JsonIgnore]
    public string Summary
    {
        get
        {
            var (failed, skipped) = (Checks.Where(c => c.Status == EvidenceCheck.Fail).Select(c => c.Name).ToList(), Checks.Where(c => c.Status == EvidenceCheck.Skip).Select(c => c.Name).ToList());
            var passed = string.Create(CultureInfo.InvariantCulture, $"{Checks.Count(c => c.Status == EvidenceCheck.Pass)} of {Checks.Count} checks hold, in {DurationMs / 1000:0.0} s");
            return $"{passed}{(failed.Count > 0 ? $"; failed: {string.Join(", ", failed)}" : "")}{(skipped.Count > 0 ? $"; not checked: {string.Join(", ", skipped)}" : "")}.";
        }
    }

    public static EvidenceReport FromJson(string json) => JsonSerializer.Deserialize<EvidenceReport>(json, s_json) ?? throw new JsonException("The report is null.");

    public string ToJson() => $"{JsonSerializer.Serialize(this, s_json)}\n";

    /// <summary>A table for people.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder().Append("**").Append(Summary).Append("**\n\n| | check | expected | found | ms |\n|---|---|---|---|---:|\n");
        // The dashboard breaks words of narrow columns anywhere, but not code.
        foreach (var check in Checks)
            text.Append(CultureInfo.InvariantCulture, $"| {(check.Status == EvidenceCheck.Fail ? "**`FAIL`**" : $"`{check.Status.ToUpperInvariant()}`")} | `{check.Name}` | {Cell(check.Expected)} | {Cell(check.Found)} | `{check.DurationMs:0}` |\n");
        text.Append("\nWhat was compared:\n\n");
        foreach (var check in Checks)
            text.Append(CultureInfo.InvariantCulture, $"* {check.Name}: {check.Compared}\n");
        return text.ToString();
    }

    private static string Cell(string? value) => (value ?? "").Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
