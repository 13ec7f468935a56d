using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Maintenance;

/// <summary>The manifest lists and manifests of some snapshots of a table.</summary>
internal sealed class ReachableFiles
{
    private const int ListsAtOnce = 8;
    private readonly TableMetadata metadata;
    private readonly IFileIO io;

    private ReachableFiles(TableMetadata metadata, IFileIO io) => (this.metadata, this.io) = (metadata, io);

    /// <summary>Manifest lists with their bytes.</summary>
    public Dictionary<string, long> ManifestLists { get; } = new(StringComparer.Ordinal);

    /// <summary>Manifests by location.</summary>
    public Dictionary<string, ManifestFile> Manifests { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the snapshots' manifest lists.</summary>
    public static async Task<ReachableFiles> OfAsync(TableMetadata metadata, IEnumerable<Snapshot> snapshots, IFileIO io, CancellationToken ct)
    {
        var result = new ReachableFiles(metadata, io);
        await Parallel.ForEachAsync(snapshots, new ParallelOptions { MaxDegreeOfParallelism = ListsAtOnce, CancellationToken = ct }, async (snapshot, token) =>
        {
            var length = 0L;
            IReadOnlyList<ManifestFile> manifests;
            if (snapshot.ManifestList is { } list)
            {
                var content = await io.ReadAsync(list, token);
                (length, manifests) = (content.Length, ManifestList.Read(content, list));
            }
            else
            {
                manifests = await SnapshotFiles.ManifestsAsync(snapshot, io, token);
            }

            lock (result)
            {
                if (snapshot.ManifestList is not null)
                    result.ManifestLists[snapshot.ManifestList] = length;
                foreach (var manifest in manifests)
                    result.Manifests.TryAdd(manifest.ManifestPath, manifest);
            }
        });
        return result;
    }

    /// <summary>The entries of those manifests.</summary>
    public async Task<IEnumerable<ManifestEntry>> EntriesAsync(IEnumerable<ManifestFile> manifests, CancellationToken ct) =>
        (await SnapshotFiles.EntriesAsync([.. manifests], metadata, io, ct)).SelectMany(e => e);

    /// <summary>Locations of the files that belong to the content of one of the snapshots.</summary>
    public async Task<HashSet<string>> LiveFilesAsync(CancellationToken ct) =>
        (await EntriesAsync(Manifests.Values.Where(m => m.HasLiveFiles), ct)).Where(e => e.IsLive).Select(e => LocationKey.Of(e.DataFile.FilePath)).ToHashSet(StringComparer.Ordinal);
}
