using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>What is known of a run.</summary>
public sealed record RunFacets
{
    /// <summary>The run that this one is part of.</summary>
    public ParentFacet? Parent { get; init; }

    /// <summary>Why it failed.</summary>
    public ErrorMessageFacet? ErrorMessage { get; init; }

    /// <summary>What executes it.</summary>
    [JsonPropertyName("processing_engine")]
    public ProcessingEngineFacet? ProcessingEngine { get; init; }

    /// <summary>Where its trace is; filled in when the event is emitted.</summary>
    [JsonPropertyName("floe_trace")]
    public TraceFacet? Trace { get; init; }

    /// <summary>The queries that the run stands for.</summary>
    [JsonPropertyName("floe_queries")]
    public QueriesFacet? Queries { get; init; }
}

/// <summary>ParentRunFacet 1-2-0.</summary>
/// <param name="Run">The parent's run.</param>
/// <param name="Job">The parent's job.</param>
/// <param name="Root">The run that all began with.</param>
public sealed record ParentFacet(ParentRun Run, EventJob Job, RootRun Root) : Facet(OpenLineage.Published("1-2-0", "ParentRunFacet"))
{
    /// <summary>A parent that has no parent itself.</summary>
    public static ParentFacet Of(Guid runId, EventJob job) => new(new(runId), job with { Facets = null }, new(new(runId), job with { Facets = null }));
}

/// <summary>A run by its id.</summary>
public sealed record ParentRun(Guid RunId);

/// <summary>The run that all began with.</summary>
public sealed record RootRun(ParentRun Run, EventJob Job);

/// <summary>ErrorMessageRunFacet 1-0-1.</summary>
/// <param name="Message">What went wrong; no secrets.</param>
public sealed record ErrorMessageFacet(string Message) : Facet(OpenLineage.Published("1-0-1", "ErrorMessageRunFacet"))
{
    /// <summary>Language of the program that failed.</summary>
    public string ProgrammingLanguage => "C#";
}

/// <summary>ProcessingEngineRunFacet 1-1-1.</summary>
/// <param name="Name">The engine.</param>
/// <param name="Version">Its version.</param>
public sealed record ProcessingEngineFacet(string Name, string Version) : Facet(OpenLineage.Published("1-1-1", "ProcessingEngineRunFacet"));

/// <summary>Floe's own: queries of a cube within an interval.</summary>
/// <param name="Queries">How many.</param>
/// <param name="Kept">Of these, answered by answers that were kept or just being made.</param>
/// <param name="Failed">Of these, failed after they were understood.</param>
/// <param name="MeanSeconds">Mean duration.</param>
/// <param name="LongestSeconds">Longest duration; the run's trace is that query's.</param>
/// <param name="Members">Measures and dimensions that were asked for.</param>
public sealed record QueriesFacet(long Queries, long Kept, long Failed, double MeanSeconds, double LongestSeconds, IReadOnlyList<string> Members) : Facet(OpenLineage.Own("1-0-0", "QueriesRunFacet"));

/// <summary>Floe's own: the trace that tells the same story.</summary>
/// <param name="TraceId">W3C trace id, 32 hex digits.</param>
/// <param name="SpanId">W3C span id, 16 hex digits.</param>
public sealed record TraceFacet(string TraceId, string SpanId) : Facet(OpenLineage.Own("1-0-0", "TraceRunFacet"))
{
    /// <summary>Of the span that is open here and recorded, or null.</summary>
    public static TraceFacet? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } span ? new(span.TraceId.ToString(), span.SpanId.ToString()) : null;
}
