using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>What others committed to a branch since a change began (specification, "Optimistic Concurrency" and "Commit Conflict Resolution and Retry").</summary>
internal sealed class ConcurrentChanges(Table table, long? since)
{
    // Snapshots never change: a later attempt reads only the newer ones.
    private readonly Dictionary<long, IReadOnlyList<ManifestEntry>> read = [];

    /// <summary>The files that each snapshot since then added or removed, up to the head.</summary>
    /// <exception cref="CommitFailedException">The head did not come from where the change began.</exception>
    public async Task<IReadOnlyList<(Snapshot Snapshot, IReadOnlyList<ManifestEntry> Entries)>> ToAsync(TableMetadata now, long? head, CancellationToken ct)
    {
        if (head == since)
            return [];
        var snapshots = now.AncestorsOf(head).TakeWhile(s => s.SnapshotId != since).ToList();
        if (snapshots.Count == 0 || snapshots[^1].ParentSnapshotId != since)
            throw new CommitFailedException($"The table {table.Identifier} was rolled back, or snapshots of it have expired, since the change began at snapshot {since?.ToString() ?? "none"}; begin it again.");

        var result = new List<(Snapshot, IReadOnlyList<ManifestEntry>)>(snapshots.Count);
        foreach (var snapshot in snapshots)
        {
            if (!read.TryGetValue(snapshot.SnapshotId, out var entries))
                read[snapshot.SnapshotId] = entries = await EntriesAsync(now, snapshot, ct);
            result.Add((snapshot, entries));
        }

        return result;
    }

    private async Task<IReadOnlyList<ManifestEntry>> EntriesAsync(TableMetadata now, Snapshot snapshot, CancellationToken ct)
    {
        var own = (await SnapshotFiles.ManifestsAsync(snapshot, table.IO, ct)).Where(m => m.AddedSnapshotId == snapshot.SnapshotId).ToList();
        return [.. (await SnapshotFiles.EntriesAsync(own, now, table.IO, ct)).SelectMany(e => e).Where(e => e.Status != EntryStatus.Existing && e.SnapshotId == snapshot.SnapshotId)];
    }
}
