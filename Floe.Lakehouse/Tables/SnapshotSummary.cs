using System.Globalization;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>The summary of a snapshot (specification, "Optional Snapshot Summary Fields"): what was added and removed, and the totals after it.</summary>
internal sealed class SnapshotSummary
{
    /// <summary>Table property: up to how many changed partitions the summary says of each what changed; 0, the default, is never.</summary>
    private const string PartitionLimit = "write.summary.partition-limit";

    private readonly Dictionary<PartitionKey, Change> partitions = [];
    private Count added;
    private Count removed;

    public bool AnyAdded => added.Files + added.DeleteFiles > 0;

    public bool AnyRemoved => removed.Files + removed.DeleteFiles > 0;

    public long AddedRows => added.Rows;

    public long AddedBytes => added.Bytes;

    public void Add(DataFile file)
    {
        Take(ref added, file);
        Take(ref PartitionOf(file).Added, file);
    }

    public void Remove(DataFile file)
    {
        Take(ref removed, file);
        Take(ref PartitionOf(file).Removed, file);
    }

    /// <summary>The summary's entries.</summary>
    /// <param name="operation"><c>append</c>, <c>overwrite</c>, <c>delete</c> or <c>replace</c>.</param>
    /// <param name="parent">The parent's snapshot, whose totals are carried on; a total that it does not have cannot be told.</param>
    /// <param name="extra">Properties of the caller; they cannot replace those of the specification.</param>
    public IReadOnlyDictionary<string, string> Build(string operation, Snapshot? parent, IReadOnlyDictionary<string, string> extra)
    {
        var summary = new Dictionary<string, string>(extra, StringComparer.Ordinal) { ["operation"] = operation };
        foreach (var (key, value) in Changed(added, removed))
            summary[key] = value;
        summary["changed-partition-count"] = Text(partitions.Count);
        Total("total-records", added.Rows - removed.Rows);
        Total("total-files-size", added.Bytes - removed.Bytes);
        Total("total-data-files", added.Files - removed.Files);
        Total("total-delete-files", added.DeleteFiles - removed.DeleteFiles);
        Total("total-position-deletes", added.PositionDeletes - removed.PositionDeletes);
        Total("total-equality-deletes", added.EqualityDeletes - removed.EqualityDeletes);
        return summary;

        void Total(string key, long change)
        {
            if (parent is null)
                summary[key] = Text(change);
            else if (parent.Summary.TryGetValue(key, out var before) && long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var total) && total + change >= 0)
                summary[key] = Text(total + change);
        }
    }

    /// <summary>What changed in each partition, by keys <c>partitions.&lt;path&gt;</c>; nothing when there are more than the table's limit.</summary>
    public IEnumerable<KeyValuePair<string, string>> Partitions(Table table)
    {
        var metadata = table.Metadata;
        if (!metadata.Properties.TryGetValue(PartitionLimit, out var text))
            yield break;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            throw new ValidationException($"The table {table.Identifier} has the property {PartitionLimit}={text}; it must be a whole number from 0.");
        if (partitions.Count == 0 || partitions.Count > limit)
            yield break;
        yield return new("partition-summaries-included", "true");
        foreach (var (partition, change) in partitions)
        {
            var spec = metadata.SpecById(partition.SpecId);
            if (PartitionPath.Of(spec, spec.ResultTypes(metadata.SchemaFor(spec)), partition.Values) is { Length: > 0 } path)
                yield return new($"partitions.{path}", string.Join(',', Changed(change.Added, change.Removed).Select(c => $"{c.Key}={c.Value}")));
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<KeyValuePair<string, string>> Changed(Count added, Count removed)
    {
        (string Key, long Value)[] all =
        [
            ("added-data-files", added.Files), ("added-records", added.Rows), ("added-delete-files", added.DeleteFiles), ("added-files-size", added.Bytes),
            ("added-position-deletes", added.PositionDeletes), ("added-equality-deletes", added.EqualityDeletes),
            ("deleted-data-files", removed.Files), ("deleted-records", removed.Rows), ("removed-delete-files", removed.DeleteFiles), ("removed-files-size", removed.Bytes),
            ("removed-position-deletes", removed.PositionDeletes), ("removed-equality-deletes", removed.EqualityDeletes),
        ];
        return all.Where(c => c.Value > 0).Select(c => KeyValuePair.Create(c.Key, Text(c.Value)));
    }

    private Change PartitionOf(DataFile file)
    {
        var key = PartitionKey.Of(file);
        if (!partitions.TryGetValue(key, out var change))
            partitions[key] = change = new Change();
        return change;
    }

    private static void Take(ref Count count, DataFile file)
    {
        count.Bytes += file.FileSizeInBytes;
        switch (file.Content)
        {
            case DataContent.Data:
                count.Files++;
                count.Rows += file.RecordCount;
                break;
            case DataContent.PositionDeletes:
                count.DeleteFiles++;
                count.PositionDeletes += file.RecordCount;
                break;
            default:
                count.DeleteFiles++;
                count.EqualityDeletes += file.RecordCount;
                break;
        }
    }

    private sealed class Change
    {
        public Count Added;
        public Count Removed;
    }

    private struct Count
    {
        public long Files;
        public long Rows;
        public long Bytes;
        public long DeleteFiles;
        public long PositionDeletes;
        public long EqualityDeletes;
    }
}
