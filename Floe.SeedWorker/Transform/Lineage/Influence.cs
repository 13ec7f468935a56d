namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>How an input column is in an output column, from weak to strong; OpenLineage's transformation subtypes.</summary>
public enum Influence
{
    /// <summary>INDIRECT: rows are sorted by it.</summary>
    Sort,

    /// <summary>INDIRECT: rows are grouped by it.</summary>
    GroupBy,

    /// <summary>INDIRECT: rows are left out by it.</summary>
    Filter,

    /// <summary>INDIRECT: rows are joined by it.</summary>
    Join,

    /// <summary>INDIRECT: it divides or orders a window.</summary>
    Window,

    /// <summary>INDIRECT: it decides which value is taken.</summary>
    Conditional,

    /// <summary>DIRECT: the value is computed from it.</summary>
    Transformation,

    /// <summary>DIRECT: the value is computed from many of it.</summary>
    Aggregation,

    /// <summary>DIRECT: it is the value.</summary>
    Identity,
}
