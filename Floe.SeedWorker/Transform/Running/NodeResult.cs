namespace Floe.SeedWorker.Transform.Running;

/// <summary>What became of a model or test.</summary>
/// <param name="UniqueId">Id as in dbt's artifacts, <c>model.floe_shop.stg_orders</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="File">Where it is.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Status">How it ended.</param>
public sealed record NodeResult(string UniqueId, string Name, string File, int Line, NodeStatus Status)
{
    /// <summary>Whether it is a test.</summary>
    public bool IsTest => UniqueId.StartsWith("test.", StringComparison.Ordinal);

    /// <summary>Rows of a table; of an incremental model those that the run gave; null for a view.</summary>
    public long? Rows { get; init; }

    /// <summary>Rows that a test found.</summary>
    public long FailingRows { get; init; }

    /// <summary>Whether the model was changed by the run's rows, not built from nothing.</summary>
    public bool Incremental { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Why it is not well, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The SQL that was run, or null.</summary>
    public string? CompiledSql { get; init; }

    internal DbtException? Cause { get; init; }
}
