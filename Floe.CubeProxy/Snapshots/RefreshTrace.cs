using System.Diagnostics;
using System.Globalization;
using Floe.CubeProxy.Observation;

namespace Floe.CubeProxy.Snapshots;

/// <summary>The span of a refresh. It goes on in the trace of the commit that made it necessary, so that a run is one trace up to where queries see its rows.</summary>
internal static class RefreshTrace
{
    /// <summary>A commit longer ago than this is another story: who starts next week is linked to it, and not a part of it.</summary>
    private static readonly TimeSpan _sameStory = TimeSpan.FromMinutes(5);

    public static Activity? Start(NewVersions found, DateTimeOffset now)
    {
        var origins = found.Origins;
        ActivityContext parent = origins is [{ Origin: { Trace: { } trace, CommittedAt: var at } }, ..] && now - at < _sameStory ? trace : default;
        var links = origins.Select(version => version.Origin.Trace).OfType<ActivityContext>().Where(context => context != parent).Distinct().Select(context => new ActivityLink(context));
        Activity.Current = null;
        var span = CubeTelemetry.Source.StartActivity(ActivityKind.Consumer, parent, links: links, name: "cube.refresh");
        if (span is not { IsAllDataRequested: true }) return span;
        span.SetTag("cube.tables_loaded", found.Changed.Count);
        span.SetTag("floe.table", string.Join(',', origins.Select(version => version.Table)));
        span.SetTag("floe.snapshot_id", string.Join(',', origins.Select(version => version.Origin.SnapshotId.ToString(CultureInfo.InvariantCulture))));
        return span;
    }

    /// <summary>Measures how long queries did not see the new states. What was there before the service says nothing about it.</summary>
    public static void Loaded(NewVersions found, DateTimeOffset since, DateTimeOffset now)
    {
        foreach (var (table, origin) in found.Origins.Where(version => version.Origin.CommittedAt >= since))
            CubeTelemetry.SnapshotLag.Record(Math.Max(0, (now - origin.CommittedAt).TotalSeconds), new KeyValuePair<string, object?>("floe.table", table.ToString()));
    }
}
