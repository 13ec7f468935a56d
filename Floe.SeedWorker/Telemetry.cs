using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Floe.SeedWorker;

/// <summary>The worker's own traces and metrics. One trace per run: <c>run seed_demo_data</c> over its steps and models.</summary>
internal static class Telemetry
{
    private const string Name = "Floe.SeedWorker";

    /// <summary>Spans of runs, steps and models.</summary>
    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter s_meter = new(Name);

    /// <summary>Rows written to data files, by table.</summary>
    public static readonly Counter<long> RowsGenerated = s_meter.CreateCounter<long>("floe.rows.generated", "{row}", "Rows written to data files.");

    /// <summary>Rows of committed snapshots, by table.</summary>
    public static readonly Counter<long> RowsCommitted = s_meter.CreateCounter<long>("floe.rows.committed", "{row}", "Rows added to tables by commits.");

    /// <summary>Duration of runs, by job and outcome.</summary>
    public static readonly Histogram<double> RunDuration = s_meter.CreateHistogram<double>("floe.run.duration", "s", "Time from start to end of a run.");

    /// <summary>The tag that tells tables apart.</summary>
    public static KeyValuePair<string, object?> Table(string name) => new("floe.table", name);
}
