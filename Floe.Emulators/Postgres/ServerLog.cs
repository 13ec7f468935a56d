using System.Text.RegularExpressions;

namespace Floe.Emulators.Postgres;

/// <summary>
/// Forwards the server's log, to the console as it is and to <paramref name="logger"/> by severity, and remembers its last fatal line, to say why it ended.
/// </summary>
internal sealed partial class ServerLog(TextWriter output, ILogger logger)
{
    private string? fatal;
    private string? last;

    public void Line(string? line)
    {
        if (line is null)
            return;
        lock (output)
        {
            output.WriteLine(line);
            last = line;
            if (IsFatal(line))
                fatal = line;
        }
        var (level, text) = Read(line);
        Forward(logger, level, text);
    }

    /// <summary>Forgets what the server before said.</summary>
    public void StartAnew()
    {
        lock (output)
            fatal = last = null;
    }

    /// <summary>A line of the launcher's own.</summary>
    public void Say(string line) => Own(LogLevel.Information, line);

    /// <summary>Something that does not work and does not end the server.</summary>
    public void Warn(string line) => Own(LogLevel.Warning, line);

    private void Own(LogLevel level, string line)
    {
        lock (output)
            output.WriteLine(line);
        Forward(logger, level, line);
    }

    public string Reason
    {
        get
        {
            lock (output)
                return fatal ?? last ?? "it said nothing";
        }
    }

    /// <summary>Logins that came too early are refused with this severity too; they are no reason.</summary>
    private static bool IsFatal(string line) =>
        (line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
        && !line.Contains("the database system is", StringComparison.Ordinal);

    /// <summary>
    /// "2026-11-21 05:00:00.000 UTC [42] ERROR:  text": level and text, without what every log record has anyway. FATAL ends a session, not the server.
    /// </summary>
    private static (LogLevel Level, string Text) Read(string line)
    {
        if (Prefixed().Match(line) is not { Success: true } match)
            return (LogLevel.Information, line); // a statement's further lines; the supervisor's
        var text = match.Groups["text"].Value;
        return match.Groups["severity"].Value switch
        {
            "PANIC" => (LogLevel.Critical, text),
            "FATAL" when text.StartsWith("the database system is", StringComparison.Ordinal) => (LogLevel.Information, text), // a login came early or late
            "ERROR" or "FATAL" => (LogLevel.Error, text),
            "WARNING" => (LogLevel.Warning, text),
            "LOG" or "INFO" or "NOTICE" => (LogLevel.Information, text),
            var detail => (LogLevel.Information, $"{detail}: {text}"), // DETAIL, HINT, CONTEXT, STATEMENT of the record before
        };
    }

    [LoggerMessage(Message = "{Line}")]
    private static partial void Forward(ILogger logger, LogLevel level, string line);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d [\d:.]+ UTC \[\d+\] (?<severity>[A-Z]+):\s+(?<text>.*)$")]
    private static partial Regex Prefixed();

    public static PostgresFailure NotStarted(string directory, string reason) =>
        new($"PostgreSQL does not start on {directory}: {Message(reason)}. Restore the folder from a backup, or remove it to start with an empty one.");

    /// <summary>The text after the severity: the time and the process in front of it are in the log.</summary>
    public static string Message(string line)
    {
        foreach (var severity in (string[])["FATAL:", "PANIC:", "ERROR:"])
        {
            if (line.IndexOf(severity, StringComparison.Ordinal) is >= 0 and var at)
                return line[(at + severity.Length)..].Trim();
        }
        return line.Trim();
    }
}
