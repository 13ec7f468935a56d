using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of a table's snapshots.</summary>
internal static class SnapshotUpdates
{
    public static void Add(MetadataDraft draft, JsonObject update)
    {
        var snapshot = (JsonObject)update.RequiredObject("snapshot").DeepClone();
        var id = snapshot.RequiredLong("snapshot-id");
        var timestamp = snapshot.RequiredLong("timestamp-ms");
        _ = snapshot.RequiredString("manifest-list");
        if (snapshot.RequiredObject("summary").OptionalString("operation") is not ("append" or "replace" or "overwrite" or "delete"))
            throw PolarisException.BadRequest($"The summary of snapshot {id} must have the operation append, replace, overwrite or delete");
        if (draft.Snapshot(id) is not null)
            throw PolarisException.IllegalArgument($"Snapshot already exists for id: {id}");
        if (timestamp < 0)
            throw PolarisException.BadRequest($"The timestamp-ms {timestamp} of snapshot {id} is before 1970");

        if (draft.FormatVersion >= 2)
        {
            var sequence = snapshot.RequiredLong("sequence-number");
            var last = draft.Json.OptionalLong("last-sequence-number") ?? 0;
            if (sequence <= last && snapshot.OptionalLong("parent-snapshot-id") is not null)
                throw PolarisException.CommitFailed($"Cannot add snapshot with sequence number {sequence} older than last sequence number {last}");
            draft.Json["last-sequence-number"] = Math.Max(last, sequence);
        }

        if (draft.FormatVersion >= 3)
            AdvanceRowIds(draft, snapshot, id);

        draft.ArrayOf("snapshots").Add(snapshot);
        draft.RememberAdded(id);
        draft.Touch();
    }

    public static void Remove(MetadataDraft draft, JsonObject update)
    {
        _ = update.RequiredArray("snapshot-ids");
        var removed = update.Longs("snapshot-ids").Where(id => draft.Snapshot(id) is not null).ToHashSet();
        if (removed.Count == 0)
            return;
        foreach (var id in removed)
            draft.ArrayOf("snapshots").Remove(draft.Snapshot(id));
        foreach (var name in draft.ObjectOf("refs").Where(r => r.Value is JsonObject reference && removed.Contains(reference.RequiredLong("snapshot-id"))).Select(r => r.Key).ToList())
            ReferenceUpdates.Remove(draft, name);
        foreach (var field in (string[])["statistics", "partition-statistics"])
            foreach (var id in removed)
                StatisticsUpdates.Remove(draft, field, id);
        ForgetHistory(draft, removed);
        draft.Touch();
    }

    private static void AdvanceRowIds(MetadataDraft draft, JsonObject snapshot, long id)
    {
        var next = draft.Json.OptionalLong("next-row-id") ?? 0;
        var first = snapshot.OptionalLong("first-row-id") ?? throw PolarisException.Validation($"Snapshot {id} has no first-row-id; format version 3 requires it");
        var added = snapshot.OptionalLong("added-rows") ?? throw PolarisException.Validation($"Snapshot {id} has no added-rows; format version 3 requires it");
        if (first < next)
            throw PolarisException.CommitFailed($"Cannot add snapshot with first-row-id {first} behind the table's next-row-id {next}");
        draft.Json["next-row-id"] = first + added;
    }

    /// <summary>History before a removed snapshot is not contiguous any more, so it goes with it.</summary>
    private static void ForgetHistory(MetadataDraft draft, HashSet<long> removed)
    {
        var log = draft.ArrayOf("snapshot-log");
        for (var i = log.Count - 1; i >= 0; i--)
        {
            if (!removed.Contains(((JsonObject)log[i]!).RequiredLong("snapshot-id")))
                continue;
            for (var j = i; j >= 0; j--)
                log.RemoveAt(j);
            return;
        }
    }
}
