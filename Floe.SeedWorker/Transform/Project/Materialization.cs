namespace Floe.SeedWorker.Transform.Project;

/// <summary>How a model is kept in the database.</summary>
public enum Materialization
{
    /// <summary>A view.</summary>
    View,

    /// <summary>A table, built anew in every run.</summary>
    Table,

    /// <summary>A table that a run changes by the rows that its query gives.</summary>
    Incremental,

    /// <summary>Nothing: what reads it has its query as a common table expression.</summary>
    Ephemeral,
}
