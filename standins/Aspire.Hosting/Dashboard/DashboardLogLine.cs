using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>One line that the dashboard process wrote: a JSON log record, or plain text when it never came that far.</summary>
internal sealed record DashboardLogLine(LogLevel Level, string Category, string Message)
{
    /// <param name="line">A line of standard output or error.</param>
    /// <param name="secrets">Keys that must not reach the log; the dashboard writes its login link.</param>
    public static DashboardLogLine Parse(string line, IEnumerable<string?> secrets)
    {
        var text = secrets.OfType<string>().Where(s => s.Length > 0).Aggregate(line, (t, secret) => t.Replace(secret, "***", StringComparison.Ordinal));
        try
        {
            using var record = JsonDocument.Parse(text);
            var root = record.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Message", out var message))
            {
                var level = root.TryGetProperty("LogLevel", out var name) && Enum.TryParse<LogLevel>(name.GetString(), out var parsed) ? parsed : LogLevel.Information;
                var category = root.TryGetProperty("Category", out var given) ? given.GetString() ?? "" : "";
                var exception = root.TryGetProperty("Exception", out var thrown) ? $" {thrown.GetString()}" : "";
                return new DashboardLogLine(level, category, message.GetString() + exception);
            }
        }
        catch (JsonException)
        {
            // plain text: the runtime itself speaks
        }

        return new DashboardLogLine(LogLevel.Warning, "", text);
    }
}
