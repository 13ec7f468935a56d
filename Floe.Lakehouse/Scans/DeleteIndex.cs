using System.Text;
using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Scans;

/// <summary>Finds the delete files that apply to a data file (specification, "Scan Planning").</summary>
internal sealed class DeleteIndex
{
    // Reserved field id of the column file_path in position delete files ("Reserved Field IDs").
    private const int FilePathId = 2147483546;

    private static readonly PartitionKey s_everywhere = new(-1, []);
    private readonly Dictionary<PartitionKey, List<ManifestEntry>> byPartition = [];

    /// <summary>An index of live delete entries.</summary>
    /// <param name="deletes">The entries.</param>
    /// <param name="isUnpartitioned">Whether a spec has no partitions: its equality deletes are for all partitions.</param>
    public DeleteIndex(IEnumerable<ManifestEntry> deletes, Func<int, bool> isUnpartitioned)
    {
        foreach (var entry in deletes)
        {
            var key = entry.DataFile.Content == DataContent.EqualityDeletes && isUnpartitioned(entry.DataFile.SpecId) ? s_everywhere : PartitionKey.Of(entry.DataFile);
            if (!byPartition.TryGetValue(key, out var list))
                byPartition[key] = list = [];
            list.Add(entry);
        }
    }

    /// <summary>The delete files of a data file.</summary>
    public IReadOnlyList<ManifestEntry> For(ManifestEntry data)
    {
        if (byPartition.Count == 0)
            return [];
        List<ManifestEntry>? result = null;
        Add(PartitionKey.Of(data.DataFile));
        Add(s_everywhere);
        return result ?? [];

        void Add(PartitionKey key)
        {
            foreach (var delete in byPartition.GetValueOrDefault(key) ?? [])
            {
                if (Applies(delete, data))
                    (result ??= []).Add(delete);
            }
        }
    }

    private static bool Applies(ManifestEntry delete, ManifestEntry data)
    {
        // A position delete may be for a file of its own commit; an equality delete is for rows of earlier ones only.
        if (delete.DataFile.Content == DataContent.EqualityDeletes)
            return data.SequenceNumber < delete.SequenceNumber;
        if (data.SequenceNumber > delete.SequenceNumber)
            return false;
        if (delete.DataFile.ReferencedDataFile is { } only)
            return only == data.DataFile.FilePath;

        var (lower, upper) = (delete.DataFile.LowerBounds?.GetValueOrDefault(FilePathId), delete.DataFile.UpperBounds?.GetValueOrDefault(FilePathId));
        if (lower is null && upper is null)
            return true;
        ReadOnlySpan<byte> path = Encoding.UTF8.GetBytes(data.DataFile.FilePath);
        return (lower is null || path.SequenceCompareTo(lower) >= 0) && (upper is null || path.SequenceCompareTo(upper) <= 0);
    }
}
