using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Jobs;

/// <summary>A run of the worker in words.</summary>
internal static class RunText
{
    /// <summary>Where it is: its last step.</summary>
    public static string Progress(JsonNode run) => run["steps"]?.AsArray() is [.., { } step]
        ? $"{step["name"]}{(step["rows"] is { } rows ? $", {Number(rows)} rows" : "")}{(step["detail"] is { } detail ? $": {detail}" : "")}"
        : (string?)run["state"] ?? "";

    /// <summary>How it ended, in one sentence: rows and duration, or its error.</summary>
    public static string Summary(string what, JsonNode run)
    {
        if ((string?)run["state"] == "failed")
            return $"{what} failed: {run["error"]}";
        var committed = run["steps"]!.AsArray().Where(step => (string?)step!["name"] is "commit" or "burst" or "land").Select(step => (string?)step!["name"] == "land" ? $"{Rows(step)} of models" : $"{Rows(step)} of raw tables").ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {(committed.Count == 0 ? "done" : string.Join(" and ", committed))} in {Seconds(run):0.0} s.");
    }

    /// <summary>Its steps as a table.</summary>
    public static string Steps(JsonNode run)
    {
        var text = new StringBuilder("| step | rows | ms | |\n|---|---:|---:|---|\n");
        // The dashboard breaks words of narrow columns anywhere, but not code.
        foreach (var step in run["steps"]!.AsArray())
            text.Append(CultureInfo.InvariantCulture, $"| `{step!["name"]}` | {(step["rows"] is { } rows ? $"`{Number(rows)}`" : "")} | `{(double?)step["durationMs"] ?? 0:0}` | {Cell(step["error"] ?? step["detail"])} |\n");
        return text.Append(CultureInfo.InvariantCulture, $"\nRun {run["id"]}, attempt {run["attempt"]}{(run["traceId"] is { } trace ? $", trace {trace}" : "")}\n").ToString();
    }

    private static string Rows(JsonNode? step) => step?["rows"] is { } rows ? $"{Number(rows)} rows" : "rows";

    private static string Number(JsonNode rows) => ((long)rows).ToString("#,##0", CultureInfo.InvariantCulture);

    private static double Seconds(JsonNode run) => ((DateTimeOffset)run["finishedAt"]! - (DateTimeOffset)run["startedAt"]!).TotalSeconds;

    private static string Cell(JsonNode? text) => (text?.ToString() ?? "").Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
