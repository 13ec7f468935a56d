using System.Diagnostics;
using System.Diagnostics.Metrics;
using DuckDB.NET.Data;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform;
using Floe.ServiceDefaults.Telemetry;
using Npgsql;
using OpenTelemetry;

namespace Floe.SeedWorker;

/// <summary>The worker's own traces and metrics. A run goes on in the trace of what asked for it, each of its attempts with a span of its own.</summary>
internal static class Telemetry
{
    /// <summary>Attribute: id of the run.</summary>
    public const string RunId = "floe.pipeline.run_id";

    /// <summary>Attribute: who asked for the run.</summary>
    public const string Trigger = "floe.pipeline.trigger";

    /// <summary>Attribute: the time of the schedule that the run is of.</summary>
    public const string Schedule = "floe.pipeline.schedule";

    /// <summary>Attribute: rows that the span is about.</summary>
    public const string Rows = "floe.rows";

    private const string Name = "Floe.SeedWorker";

    /// <summary>Spans of runs, steps and models.</summary>
    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter s_meter = new(Name);

    /// <summary>Rows written to data files, by table.</summary>
    public static readonly Counter<long> RowsGenerated = s_meter.CreateCounter<long>("floe.rows.generated", "{row}", "Rows written to data files.");

    /// <summary>Rows of committed snapshots, by table.</summary>
    public static readonly Counter<long> RowsCommitted = s_meter.CreateCounter<long>("floe.rows.committed", "{row}", "Rows added to tables by commits.");

    /// <summary>Duration of runs, by job and outcome.</summary>
    public static readonly Histogram<double> RunDuration = s_meter.CreateHistogram(
        "floe.run.duration", "s", "Time from start to end of a run.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    /// <summary>Time that runs waited, by job.</summary>
    public static readonly Histogram<double> RunWait = s_meter.CreateHistogram(
        "floe.run.wait", "s", "Time from when a run was asked for to its first start.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300] });

    /// <summary>Runs that wait, as last counted.</summary>
    public static readonly Gauge<long> QueueDepth = s_meter.CreateGauge<long>("floe.queue.depth", "{run}", "Runs that wait for their turn or their next attempt.");

    /// <summary>The tag that tells tables apart.</summary>
    public static KeyValuePair<string, object?> Table(string name) => new("floe.table", name);

    /// <summary>Where a run goes on that is asked for here: the span that is open, when it is recorded.</summary>
    public static string? Parent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true, Id: { } id } ? id : null;

    /// <summary>The span of a trigger that is no request: the root of a trace. It is there although whoever looks for work, or for the time, does so unseen.</summary>
    public static Activity? StartTrigger(string job, string trigger)
    {
        using var seen = SuppressInstrumentationScope.Begin(false);
        // One that is not recorded (a command of the dashboard comes with such) is no parent: what it asked for is to be seen.
        Activity.Current = null;
        return Source.StartActivity(ActivityKind.Producer, default(ActivityContext), [new(Trigger, trigger), new("floe.job", job)], name: $"trigger {job}");
    }

    /// <summary>The span of an attempt of a run: in the trace of what asked for the run, linked to the attempt before it.</summary>
    public static Activity? StartRun(Run run)
    {
        ActivityContext.TryParse(run.TraceParent, null, isRemote: true, out var parent);
        var links = ActivityContext.TryParse(run.LastSpan, null, isRemote: true, out var last) ? new[] { new ActivityLink(last, new() { ["floe.link"] = "earlier attempt" }) } : [];
        // Whatever span is open here is not the run's.
        Activity.Current = null;
        var span = Source.StartActivity(ActivityKind.Consumer, parent, [new("floe.job", run.Job), new(RunId, run.Id), new(Trigger, run.Trigger), new("floe.attempt", run.Attempt)], links, name: $"run {run.Job}");
        if (run.Schedule is { } due)
            span?.SetTag(Schedule, due);
        return span;
    }

    /// <summary>Marks a span as failed, with the service, file or model that is to blame.</summary>
    public static void Fail(this Activity? span, Exception error)
    {
        string? resource = null;
        for (var e = error; e is not null && resource is null; e = e.InnerException)
        {
            resource = e switch
            {
                DbtException dbt => $"{dbt.File}:{dbt.Line}",
                StorageException store => store.Location,
                CorruptFileException file => file.Location,
                CatalogException => "polaris",
                NpgsqlException => "postgres",
                DuckDBException => "duckdb",
                _ => null,
            };
        }

        span.Failed(error, resource);
    }
}
