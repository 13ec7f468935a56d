using System.Diagnostics.Metrics;

namespace Floe.Lakehouse;

/// <summary>The library's metrics.</summary>
internal static class LakehouseMetrics
{
    private static readonly Meter s_meter = new(LakehouseServices.ActivitySourceName);

    /// <summary>Data files uploaded, by table.</summary>
    public static readonly Counter<long> Files = s_meter.CreateCounter<long>("floe.files.written", "{file}", "Data files that were written.");

    /// <summary>Their bytes, by table.</summary>
    public static readonly Counter<long> Bytes = s_meter.CreateCounter<long>("floe.files.size", "By", "Bytes of data files that were written.");

    /// <summary>By outcome.</summary>
    public static readonly Histogram<double> CommitDuration = s_meter.CreateHistogram(
        "floe.commit.duration", "s", "Time of a commit to the catalog with its retries.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>Attempts of commits that another writer overtook, or that got no answer.</summary>
    public static readonly Counter<long> CommitRetries = s_meter.CreateCounter<long>("floe.commit.retries", "{attempt}", "Attempts of commits beyond the first.");
}
