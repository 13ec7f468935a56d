using System.Globalization;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>The summary of a snapshot (specification, "Optional Snapshot Summary Fields"): what was added and removed, and the totals after it.</summary>
internal sealed class SnapshotSummary
{
    private Count added;
    private Count removed;
    private readonly HashSet<PartitionKey> partitions = [];

    public bool AnyAdded => added.Files + added.DeleteFiles > 0;

    public bool AnyRemoved => removed.Files + removed.DeleteFiles > 0;

    public long AddedRows => added.Rows;

    public long AddedBytes => added.Bytes;

    public void Add(DataFile file) => Take(ref added, file);

    public void Remove(DataFile file) => Take(ref removed, file);

    /// <summary>The summary's entries.</summary>
    /// <param name="operation"><c>append</c>, <c>overwrite</c>, <c>delete</c> or <c>replace</c>.</param>
    /// <param name="parent">The parent's snapshot, whose totals are carried on; a total that it does not have cannot be told.</param>
    /// <param name="extra">Properties of the caller; they cannot replace those of the specification.</param>
    public IReadOnlyDictionary<string, string> Build(string operation, Snapshot? parent, IReadOnlyDictionary<string, string> extra)
    {
        var summary = new Dictionary<string, string>(extra, StringComparer.Ordinal) { ["operation"] = operation };
        Positive("added-data-files", added.Files);
        Positive("added-records", added.Rows);
        Positive("added-delete-files", added.DeleteFiles);
        Positive("added-files-size", added.Bytes);
        Positive("deleted-data-files", removed.Files);
        Positive("deleted-records", removed.Rows);
        Positive("removed-delete-files", removed.DeleteFiles);
        Positive("removed-files-size", removed.Bytes);
        Positive("removed-position-deletes", removed.PositionDeletes);
        Positive("removed-equality-deletes", removed.EqualityDeletes);
        summary["changed-partition-count"] = Text(partitions.Count);
        Total("total-records", added.Rows - removed.Rows);
        Total("total-files-size", added.Bytes - removed.Bytes);
        Total("total-data-files", added.Files - removed.Files);
        Total("total-delete-files", added.DeleteFiles - removed.DeleteFiles);
        Total("total-position-deletes", added.PositionDeletes - removed.PositionDeletes);
        Total("total-equality-deletes", added.EqualityDeletes - removed.EqualityDeletes);
        return summary;

        void Positive(string key, long value)
        {
            if (value > 0)
                summary[key] = Text(value);
        }

        void Total(string key, long change)
        {
            if (parent is null)
                summary[key] = Text(change);
            else if (parent.Summary.TryGetValue(key, out var before) && long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var total) && total + change >= 0)
                summary[key] = Text(total + change);
        }

        static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private void Take(ref Count count, DataFile file)
    {
        partitions.Add(PartitionKey.Of(file));
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
