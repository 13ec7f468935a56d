using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Transform.Incremental;

namespace Floe.SeedWorker.Maintenance;

/// <summary>Since when snapshots of the lakehouse's tables are needed, by readers and by the next run.</summary>
/// <param name="tables">All tables.</param>
/// <param name="current">Snapshots that were current at this time or later stay: somebody may have begun to read them.</param>
/// <param name="openRuns">When the oldest run was asked for that waits or works: it may ask which batches are its own.</param>
internal sealed class NeededSnapshots(IReadOnlyList<Table> tables, DateTimeOffset current, DateTimeOffset openRuns)
{
    // A table that no model lands any more would else keep its sources' snapshots for ever.
    private static readonly TimeSpan s_longestWatermark = TimeSpan.FromDays(7);

    private readonly IReadOnlyDictionary<string, DateTimeOffset> _watermarks = Watermarks(tables, current - s_longestWatermark);

    /// <summary>Snapshots that were made at this time or later stay.</summary>
    public DateTimeOffset Of(Table table)
    {
        var since = current < openRuns ? current : openRuns;
        // Its own time is when it came; that it went is the time of the next.
        if (table.Metadata.SnapshotAsOf(current) is { } then)
            since = Earlier(since, then.Timestamp);
        // What the next transformation starts from: what it has seen of its sources, and the snapshot that says so.
        if (_watermarks.TryGetValue(table.Identifier.ToString(), out var seen))
            since = Earlier(since, seen);
        if (StateOf(table) is { } state)
            since = Earlier(since, state.Timestamp);
        return since;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static Snapshot? StateOf(Table table) => table.Metadata.AncestorsOf(table.Metadata.CurrentSnapshotId).FirstOrDefault(s => s.Summary.ContainsKey(ModelState.SourcesKey));

    private static Dictionary<string, DateTimeOffset> Watermarks(IReadOnlyList<Table> tables, DateTimeOffset atLeast)
    {
        var snapshots = tables.ToDictionary(t => t.Identifier.ToString(), t => t.Metadata.Snapshots.ToDictionary(s => s.SnapshotId, s => s.Timestamp));
        var earliest = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (source, snapshot) in tables.Select(t => ModelState.Of(t).State).OfType<ModelState>().SelectMany(s => s.Sources))
        {
            if (snapshot is { } id && snapshots.TryGetValue(source, out var known) && known.TryGetValue(id, out var at) && at >= atLeast)
                earliest[source] = earliest.TryGetValue(source, out var other) ? Earlier(other, at) : at;
        }

        return earliest;
    }
}
