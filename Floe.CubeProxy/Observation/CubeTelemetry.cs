using System.Diagnostics;
using System.Diagnostics.Metrics;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Observation;

/// <summary>Spans and metrics of this service. They have names and counts, never values of filters or rows, nor the texts of errors, which repeat what was asked for.</summary>
internal static class CubeTelemetry
{
    /// <summary>Attribute: how the answer came about, one of the names below.</summary>
    public const string Cache = "cube.cache";

    /// <summary>It was kept from an earlier request.</summary>
    public const string Hit = "hit";

    /// <summary>An equal request was being answered, and its answer was waited for.</summary>
    public const string Shared = "shared";

    /// <summary>The engine was asked.</summary>
    public const string Miss = "miss";

    /// <summary>The engine was asked because the client wants no kept answer, or it cannot be kept.</summary>
    public const string Off = "off";

    private static readonly Meter _meter = new(QueryEngine.ActivitySourceName);

    public static ActivitySource Source { get; } = new(QueryEngine.ActivitySourceName);

    /// <summary>By cube, API, cache result, and kind of error of those that failed.</summary>
    public static Histogram<double> QueryDuration { get; } = _meter.CreateHistogram(
        "cube.query.duration", "s", "Time from a query's arrival to its answer.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>By table.</summary>
    public static Histogram<double> SnapshotLag { get; } = _meter.CreateHistogram(
        "floe.snapshot.lag", "s", "Time from a snapshot's commit to where queries see its rows.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60] });

    public static UpDownCounter<long> Waiting { get; } = _meter.CreateUpDownCounter<long>("cube.engine.waiting", "{query}", "Queries that wait for their turn at the engine.");

    public static UpDownCounter<long> Running { get; } = _meter.CreateUpDownCounter<long>("cube.engine.running", "{query}", "Queries that the engine executes.");

    public static UpDownCounter<long> Connections { get; } = _meter.CreateUpDownCounter<long>("cube.engine.connections", "{connection}", "Connections of the engine's pool, in use or idle.");

    public static UpDownCounter<long> SqlConnections { get; } = _meter.CreateUpDownCounter<long>("cube.sql.connections", "{connection}", "Connections of clients to the SQL API.");

    public static UpDownCounter<long> KeptAnswers { get; } = _meter.CreateUpDownCounter<long>("cube.cache.answers", "{answer}", "Answers that are kept.");

    public static UpDownCounter<long> KeptBytes { get; } = _meter.CreateUpDownCounter<long>("cube.cache.size", "By", "Memory of the answers that are kept.");

    /// <summary>Marks a span as failed by the kind of error alone.</summary>
    public static void FailedBy(this Activity? span, string type)
    {
        if (span is null) return;
        span.SetTag("error.type", type);
        span.SetTag("cube.error_type", type);
        span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>The kind of an error.</summary>
    public static string KindOf(Exception e) => e switch
    {
        CubeApiException api => api.ErrorType,
        OperationCanceledException => "cancelled",
        _ => e.GetType().FullName!,
    };
}
