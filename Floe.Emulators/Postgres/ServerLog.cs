namespace Floe.Emulators.Postgres;

/// <summary>Forwards the server's log and remembers its last fatal line, to say why it ended.</summary>
internal sealed class ServerLog(TextWriter output)
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
    }

    /// <summary>Forgets what the server before said.</summary>
    public void StartAnew()
    {
        lock (output)
            fatal = last = null;
    }

    /// <summary>A line of the launcher's own.</summary>
    public void Say(string line)
    {
        lock (output)
            output.WriteLine(line);
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
