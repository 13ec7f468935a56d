namespace Floe.CubeProxy.Execution;

/// <summary>Bounds of the query engine.</summary>
public sealed record EngineOptions
{
    /// <summary>DuckDB's form: 1GB, 512MB.</summary>
    public string MemoryLimit { get; init; } = "1GB";

    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Rows times columns that an answer may have.</summary>
    public int MostCells { get; init; } = 2_000_000;

    /// <summary>How often the source is asked for new versions.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>A query that takes longer is cancelled.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Queries that run at the same time; others wait their turn.</summary>
    public int ConcurrentQueries { get; init; } = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>A query whose turn does not come for this long is refused.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
