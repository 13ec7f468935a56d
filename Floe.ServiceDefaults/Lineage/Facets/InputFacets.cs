namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>What holds for one reading of a dataset.</summary>
public sealed record InputFacets
{
    /// <summary>What was asked of its rows.</summary>
    public DataQualityAssertionsFacet? DataQualityAssertions { get; init; }
}

/// <summary>DataQualityAssertionsDatasetFacet 1-1-0.</summary>
public sealed record DataQualityAssertionsFacet(IReadOnlyList<DataQualityAssertion> Assertions) : Facet(OpenLineage.Published("1-1-0", "DataQualityAssertionsDatasetFacet"));

/// <summary>A test of a dataset's rows.</summary>
/// <param name="Assertion">Kind of the test: unique, not_null, ...; or its name.</param>
/// <param name="Success">Whether no row breaks it.</param>
/// <param name="Column">The column that it is about.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Expected">Rows that may break it.</param>
/// <param name="Actual">Rows that do.</param>
public sealed record DataQualityAssertion(string Assertion, bool Success, string? Column = null, string? Name = null, string? Expected = null, string? Actual = null);
