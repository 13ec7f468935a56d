namespace Floe.SeedWorker.Transform.Project;

/// <summary>What happens when an incremental model's query has other columns than its table.</summary>
public enum SchemaChange
{
    /// <summary>The model fails.</summary>
    Fail,

    /// <summary>New columns are added, null in the rows that are there; columns that the query lacks stay, null in the new rows.</summary>
    AppendNewColumns,
}
