using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Manifests;

/// <summary>Reads the manifests and entries of a snapshot.</summary>
internal static class SnapshotFiles
{
    private const int ManifestsAtOnce = 8;

    /// <summary>The snapshot's manifests; none without a snapshot.</summary>
    public static async Task<IReadOnlyList<ManifestFile>> ManifestsAsync(Snapshot? snapshot, IFileIO io, CancellationToken ct)
    {
        if (snapshot is null)
            return [];
        if (snapshot.ManifestList is { } list)
            return ManifestList.Read(await io.ReadAsync(list, ct), list);

        // Version 1 may name its manifests itself; what a list would say of them is then not known.
        return
        [
            .. snapshot.Manifests.Select(path => new ManifestFile
            {
                ManifestPath = path,
                ManifestLength = 0,
                PartitionSpecId = 0,
                AddedSnapshotId = snapshot.SnapshotId,
            }),
        ];
    }

    /// <summary>The entries of each manifest, in the manifests' order; several manifests are read at once.</summary>
    public static Task<IReadOnlyList<IReadOnlyList<ManifestEntry>>> EntriesAsync(IReadOnlyList<ManifestFile> manifests, TableMetadata metadata, IFileIO io, CancellationToken ct) =>
        EntriesAsync(manifests, metadata, io, static _ => true, ct);

    /// <summary>As the other overload, of the entries that are wanted only. The question is asked on several threads at once.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<ManifestEntry>>> EntriesAsync(
        IReadOnlyList<ManifestFile> manifests, TableMetadata metadata, IFileIO io, Func<ManifestEntry, bool> wanted, CancellationToken ct)
    {
        var result = new IReadOnlyList<ManifestEntry>[manifests.Count];
        await Parallel.ForAsync(0, manifests.Count, new ParallelOptions { MaxDegreeOfParallelism = ManifestsAtOnce, CancellationToken = ct }, async (i, token) =>
            result[i] = [.. ManifestReader.Read(await io.ReadAsync(manifests[i].ManifestPath, token), manifests[i], metadata).Where(wanted)]);
        return result;
    }
}
