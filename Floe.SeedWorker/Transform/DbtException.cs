namespace Floe.SeedWorker.Transform;

/// <summary>The dbt project is wrong. The message starts with file and line, as editors and terminals link them.</summary>
public sealed class DbtException(string file, int line, string reason, Exception? inner = null)
    : Exception($"{file}:{line}: {reason}", inner)
{
    /// <summary>Path inside the project.</summary>
    public string File { get; } = file;

    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;
}
