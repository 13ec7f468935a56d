namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>What is known of a job.</summary>
public sealed record JobFacets
{
    /// <summary>What kind of job it is.</summary>
    public JobTypeFacet? JobType { get; init; }

    /// <summary>The query that it executes.</summary>
    public SqlFacet? Sql { get; init; }

    /// <summary>What it is for.</summary>
    public JobDocumentationFacet? Documentation { get; init; }
}

/// <summary>JobTypeJobFacet 2-0-4.</summary>
/// <param name="ProcessingType">BATCH or STREAMING.</param>
/// <param name="Integration">The system: FLOE, DBT, CUBE.</param>
/// <param name="JobType">Kind within it: JOB, MODEL, TEST, REFRESH.</param>
public sealed record JobTypeFacet(string ProcessingType, string Integration, string JobType) : Facet(OpenLineage.Published("2-0-4", "JobTypeJobFacet"))
{
    /// <summary>A batch job.</summary>
    public static JobTypeFacet Batch(string integration, string jobType) => new("BATCH", integration, jobType);
}

/// <summary>SQLJobFacet 1-1-0.</summary>
/// <param name="Query">The SQL text.</param>
public sealed record SqlFacet(string Query) : Facet(OpenLineage.Published("1-1-0", "SQLJobFacet"))
{
    /// <summary>Its dialect.</summary>
    public string Dialect => "duckdb";
}

/// <summary>DocumentationJobFacet 1-1-0.</summary>
/// <param name="Description">A sentence.</param>
public sealed record JobDocumentationFacet(string Description) : Facet(OpenLineage.Published("1-1-0", "DocumentationJobFacet"));
