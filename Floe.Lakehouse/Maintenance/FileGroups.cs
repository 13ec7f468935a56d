using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Chooses the files that compaction puts together.</summary>
/// <param name="TargetBytes">Bytes that a file should have.</param>
/// <param name="LeastFiles">A group of fewer files, that is not nearly as large as the target either, is not worth the rewriting.</param>
internal sealed record FileGroups(long TargetBytes, int LeastFiles)
{
    // Files of at least this part of the target are large enough: rewriting them costs more than it brings.
    private const double LargeEnough = 0.75;

    /// <summary>Groups of small files per spec and partition, in the order of their commits; each fits the target.</summary>
    public IReadOnlyList<IReadOnlyList<ManifestEntry>> Of(IEnumerable<ManifestEntry> entries)
    {
        var groups = new List<IReadOnlyList<ManifestEntry>>();
        foreach (var partition in entries
            .OrderBy(e => e.SequenceNumber)
            .Where(e => e.DataFile.FileSizeInBytes < TargetBytes * LargeEnough)
            .GroupBy(e => new PartitionKey(e.DataFile.SpecId, e.DataFile.Partition)))
        {
            groups.AddRange(Bins(partition).Where(bin => bin.Count > 1 && (bin.Count >= LeastFiles || bin.Sum(e => e.DataFile.FileSizeInBytes) >= TargetBytes * LargeEnough)));
        }

        return groups;
    }

    /// <summary>Next fit: each bin takes files as they come, so that the order of the rows is kept.</summary>
    private IEnumerable<IReadOnlyList<ManifestEntry>> Bins(IEnumerable<ManifestEntry> entries)
    {
        var bin = new List<ManifestEntry>();
        var size = 0L;
        foreach (var entry in entries)
        {
            if (bin.Count > 0 && size + entry.DataFile.FileSizeInBytes > TargetBytes)
            {
                yield return bin;
                (bin, size) = ([], 0);
            }

            bin.Add(entry);
            size += entry.DataFile.FileSizeInBytes;
        }

        yield return bin;
    }

    private sealed record PartitionKey(int SpecId, IReadOnlyList<object?> Values)
    {
        public bool Equals(PartitionKey? other) =>
            other is not null && SpecId == other.SpecId && Values.Count == other.Values.Count && Values.Zip(other.Values).All(p => Same(p.First, p.Second));

        public override int GetHashCode() => Values.Aggregate(SpecId, (hash, value) => HashCode.Combine(hash, value is byte[] bytes ? bytes.Length : value?.GetHashCode() ?? 0));

        private static bool Same(object? a, object? b) => a is byte[] x && b is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(a, b);
    }
}
