using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Which references and snapshots expire (specification, "Snapshot Retention Policy").</summary>
/// <param name="Refs">Branches and tags that are older than their max-ref-age; never <c>main</c>.</param>
/// <param name="Snapshots">Snapshots that no remaining reference keeps, oldest first.</param>
internal sealed record SnapshotRetention(IReadOnlyList<string> Refs, IReadOnlyList<Snapshot> Snapshots)
{
    /// <summary>Applies the policy.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="now">Milliseconds since 1970-01-01Z.</param>
    /// <param name="expireBefore">Snapshots of a branch without an own max-snapshot-age expire when they are older; milliseconds.</param>
    /// <param name="keepLast">How many snapshots stay of a branch without an own min-snapshots-to-keep.</param>
    /// <param name="maxRefAgeMs">Age at which references without an own one expire.</param>
    public static SnapshotRetention Of(TableMetadata metadata, long now, long expireBefore, int keepLast, long maxRefAgeMs)
    {
        var byId = metadata.Snapshots.ToDictionary(s => s.SnapshotId);
        var expired = metadata.Refs
            .Where(r => r.Key != SnapshotRef.Main && (!byId.TryGetValue(r.Value.SnapshotId, out var snapshot) || now - snapshot.TimestampMs > (r.Value.MaxRefAgeMs ?? maxRefAgeMs)))
            .Select(r => r.Key)
            .Order(StringComparer.Ordinal)
            .ToList();
        var kept = new HashSet<long>();
        var known = new HashSet<long>();
        foreach (var (name, reference) in metadata.Refs)
        {
            if (expired.Contains(name))
            {
                known.UnionWith(History(reference).Select(s => s.SnapshotId));
                continue;
            }

            kept.Add(reference.SnapshotId);
            if (reference.Type != "branch")
                continue;

            var oldest = reference.MaxSnapshotAgeMs is { } age ? now - age : expireBefore;
            var least = reference.MinSnapshotsToKeep ?? keepLast;
            var count = 0;
            foreach (var snapshot in History(reference))
            {
                known.Add(snapshot.SnapshotId);
                if (count++ < least || snapshot.TimestampMs >= oldest)
                    kept.Add(snapshot.SnapshotId);
                else
                    oldest = long.MaxValue; // The first that is neither young nor among the last ends the branch's history.
            }
        }

        // What no reference ever showed may be staged by a writer that is still at work: only its age counts.
        kept.UnionWith(metadata.Snapshots.Where(s => !known.Contains(s.SnapshotId) && s.TimestampMs >= expireBefore).Select(s => s.SnapshotId));
        return new SnapshotRetention(expired, [.. metadata.Snapshots.Where(s => !kept.Contains(s.SnapshotId)).OrderBy(s => s.TimestampMs)]);

        IEnumerable<Snapshot> History(SnapshotRef reference)
        {
            for (var at = byId.GetValueOrDefault(reference.SnapshotId); at is not null; at = at.ParentSnapshotId is { } parent ? byId.GetValueOrDefault(parent) : null)
                yield return at;
        }
    }
}
