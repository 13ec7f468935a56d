using System.Diagnostics;
using Floe.CubeProxy.Lineage;

namespace Floe.CubeProxy.Observation;

/// <summary>Notes every query that was answered or failed: its duration as a metric, its part in lineage. To be called within the query's span, which the metric's exemplars name.</summary>
internal sealed class QueryRecord(QueryLineage lineage, TimeProvider clock)
{
    public const string Rest = "rest";
    public const string Sql = "sql";

    public long Start() => clock.GetTimestamp();

    /// <param name="api">The door that it came by.</param>
    /// <param name="subject">Null: not known.</param>
    /// <param name="cache">How the answer came about.</param>
    /// <param name="started">By <see cref="Start"/>.</param>
    public void Answered(string api, QuerySubject? subject, string cache, long started)
    {
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        CubeTelemetry.QueryDuration.Record(seconds, new("cube.name", subject?.Names), new("cube.api", api), new KeyValuePair<string, object?>(CubeTelemetry.Cache, cache));
        if (subject is not null) lineage.Add(subject, seconds, isKept: cache is CubeTelemetry.Hit or CubeTelemetry.Shared, isFailed: false);
    }

    /// <param name="subject">Null: it failed before it was planned.</param>
    /// <param name="kind">Kind of the error.</param>
    public void Failed(string api, QuerySubject? subject, string kind, long started)
    {
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        CubeTelemetry.QueryDuration.Record(seconds, new("cube.name", subject?.Names), new("cube.api", api), new KeyValuePair<string, object?>("error.type", kind));
        if (subject is not null) lineage.Add(subject, seconds, isKept: false, isFailed: true);
    }
}
