using System.Text.Json;

namespace Aspire.Hosting.Dcp;

/// <summary>A line of DCP's own log about an object: <c>time⇥level⇥logger⇥message⇥{json}</c>.</summary>
internal static class DcpSystemLine
{
    /// <summary>Null for lines that are no errors: only what went wrong is of interest.</summary>
    public static string? Error(string line)
    {
        var parts = line.Split('\t');
        if (parts.Length < 4 || parts[1] != "error") return null;
        return $"{parts[0]} [sys] {parts[3]}{Reason(parts)}";
    }

    private static string Reason(string[] parts)
    {
        if (parts.Length < 5) return "";
        try
        {
            using var details = JsonDocument.Parse(parts[4]);
            return details.RootElement.TryGetProperty("error", out var error) ? $": {error.GetString()}" : "";
        }
        catch (JsonException)
        {
            return $": {parts[4]}";
        }
    }
}
