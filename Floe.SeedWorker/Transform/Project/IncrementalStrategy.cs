namespace Floe.SeedWorker.Transform.Project;

/// <summary>How the rows of a run come into an incremental model.</summary>
public enum IncrementalStrategy
{
    /// <summary>They are added.</summary>
    Append,

    /// <summary>Rows with one of their keys go, then they are added. The key may be that of a group of rows.</summary>
    DeleteInsert,

    /// <summary>A row with the same key is replaced, others are added; two new rows with one key are an error.</summary>
    Merge,
}
