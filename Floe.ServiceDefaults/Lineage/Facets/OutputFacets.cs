namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>What holds for one writing of a dataset.</summary>
public sealed record OutputFacets
{
    /// <summary>How much was written.</summary>
    public OutputStatisticsFacet? OutputStatistics { get; init; }
}

/// <summary>OutputStatisticsOutputDatasetFacet 1-0-2.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="Size">Bytes.</param>
/// <param name="FileCount">Files.</param>
public sealed record OutputStatisticsFacet(long? RowCount, long? Size = null, long? FileCount = null) : Facet(OpenLineage.Published("1-0-2", "OutputStatisticsOutputDatasetFacet"));
