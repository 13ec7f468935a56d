using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>The pending commit of <see cref="RewriteDataFiles"/>: takes files out and puts their rows in again as other files, without changing the
/// table's content. Applies to any later state that still has all of the files and no deletes of single rows that came since.</summary>
/// <param name="table">The table that the rows were read from.</param>
/// <param name="removed">Entries of the files that go.</param>
/// <param name="added">Files that come, each with the data sequence number that it must have so that later equality deletes still apply to it.</param>
internal sealed class DataFileRewrite(Table table, IReadOnlyList<ManifestEntry> removed, IReadOnlyList<(DataFile File, long SequenceNumber)> added) : IPendingCommit
{
    private const long ManifestTargetBytes = 8 * 1024 * 1024;
    private readonly SnapshotOutput output = new(table);
    private readonly HashSet<string> removedPaths = removed.Select(e => e.DataFile.FilePath).ToHashSet(StringComparer.Ordinal);

    // What is known of manifests, which never change: how many of the files that go each one has.
    private readonly Dictionary<string, int> hits = new(StringComparer.Ordinal);
    private readonly List<(IReadOnlyList<ManifestFile> Sources, ManifestFile Result)> done = [];
    private IReadOnlyList<ManifestFile>? addedManifests;
    private HashSet<string>? knownDeletes;

    public Table Table { get; } = table;

    public long SnapshotId => output.SnapshotId;

    long IPendingCommit.AddedRows => added.Sum(f => f.File.RecordCount);

    long IPendingCommit.AddedBytes => added.Sum(f => f.File.FileSizeInBytes);

    async Task<TableCommit> IPendingCommit.PrepareOnAsync(Table at, CancellationToken ct)
    {
        Writable.Check(at);
        var metadata = at.Metadata;
        addedManifests ??= await WriteAddedAsync(metadata, ct);
        var current = (await SnapshotFiles.ManifestsAsync(metadata.CurrentSnapshot, at.IO, ct)).Where(m => m.HasLiveFiles).ToList();
        await CheckDeletesAsync(current, at, ct);
        IReadOnlyList<ManifestFile> manifests = [.. addedManifests, .. await WithoutRemovedAsync(current, at, ct)];
        var summary = new SnapshotSummary();
        foreach (var (file, _) in added)
            summary.Add(file);
        foreach (var entry in removed)
            summary.Remove(entry.DataFile);
        return await output.CommitAsync(this, at, manifests, summary.Build("replace", metadata.CurrentSnapshot, new Dictionary<string, string>()), ct);
    }

    string? IPendingCommit.Conflict(Table now) => now.Metadata.TableUuid != Table.Metadata.TableUuid
        ? $"The table {Table.Identifier} was dropped and created again since its compaction began; begin it again."
        : null;

    Task IPendingCommit.KeepAsync(string manifestList) => output.KeepAsync(manifestList);

    Task IPendingCommit.DiscardAsync() => output.DiscardAsync(added.Select(f => f.File.FilePath));

    private async Task<IReadOnlyList<ManifestFile>> WriteAddedAsync(TableMetadata metadata, CancellationToken ct)
    {
        var manifests = new List<ManifestFile>();
        foreach (var kind in added.GroupBy(f => f.File.SpecId))
        {
            var spec = metadata.SpecById(kind.Key);
            var writer = new ManifestWriter(spec, metadata.SchemaFor(spec), ManifestContent.Data, output.SnapshotId);
            foreach (var (file, sequence) in kind)
                writer.Add(new ManifestEntry(EntryStatus.Added, output.SnapshotId, sequence, null, file));
            manifests.Add(await output.WriteManifestAsync(writer, ct));
        }

        return manifests;
    }

    /// <summary>A delete by position that came since names one of the files that go: it would be lost with the file.</summary>
    private async Task CheckDeletesAsync(IReadOnlyList<ManifestFile> current, Table at, CancellationToken ct)
    {
        knownDeletes ??= [.. (await DeletesAsync(await SnapshotFiles.ManifestsAsync(Table.Metadata.CurrentSnapshot, Table.IO, ct), Table, ct)).Select(f => f.FilePath)];
        if ((await DeletesAsync(current, at, ct)).FirstOrDefault(f => !knownDeletes.Contains(f.FilePath)) is { } deletes)
            throw new CommitFailedException($"Rows of {Table.Identifier} were deleted ('{deletes.FilePath}') while its files were compacted; compact it again.");
    }

    private static async Task<IEnumerable<DataFile>> DeletesAsync(IEnumerable<ManifestFile> manifests, Table at, CancellationToken ct) =>
        (await SnapshotFiles.EntriesAsync([.. manifests.Where(m => m.Content == ManifestContent.Deletes && m.HasLiveFiles)], at.Metadata, at.IO, static e => e.IsLive, ct)).SelectMany(e => e).Select(e => e.DataFile);

    private async Task<IReadOnlyList<ManifestFile>> WithoutRemovedAsync(IReadOnlyList<ManifestFile> current, Table at, CancellationToken ct)
    {
        var metadata = at.Metadata;
        var unknown = current.Where(m => m.Content == ManifestContent.Data && !hits.ContainsKey(m.ManifestPath)).ToList();
        var entries = await SnapshotFiles.EntriesAsync(unknown, metadata, at.IO, ct);
        foreach (var (manifest, of) in unknown.Zip(entries))
            hits[manifest.ManifestPath] = of.Count(e => e.IsLive && removedPaths.Contains(e.DataFile.FilePath));

        var touched = current.Where(m => hits.GetValueOrDefault(m.ManifestPath) > 0).ToList();
        if (touched.Sum(m => hits[m.ManifestPath]) != removedPaths.Count)
            throw new CommitFailedException($"Files of {Table.Identifier} that were compacted were removed or replaced by another commit meanwhile; compact it again.");

        var results = new List<ManifestFile>();
        foreach (var kind in touched.GroupBy(m => m.PartitionSpecId))
        {
            foreach (var sources in Bins(kind))
            {
                var paths = sources.Select(m => m.ManifestPath).ToHashSet(StringComparer.Ordinal);
                if (done.FirstOrDefault(d => d.Sources.Count == paths.Count && d.Sources.All(m => paths.Contains(m.ManifestPath))) is { Result: { } known })
                {
                    results.Add(known);
                    continue;
                }

                var spec = metadata.SpecById(kind.Key);
                var writer = new ManifestWriter(spec, metadata.SchemaFor(spec), ManifestContent.Data, output.SnapshotId);
                foreach (var entry in (await SnapshotFiles.EntriesAsync(sources, metadata, at.IO, ct)).SelectMany(e => e).Where(e => e.IsLive))
                {
                    writer.Add(removedPaths.Contains(entry.DataFile.FilePath)
                        ? entry with { Status = EntryStatus.Deleted, SnapshotId = output.SnapshotId }
                        : entry with { Status = EntryStatus.Existing });
                }

                var result = await output.WriteManifestAsync(writer, ct);
                done.Add((sources, result));
                results.Add(result);
            }
        }

        return [.. results, .. current.Where(m => hits.GetValueOrDefault(m.ManifestPath) == 0)];
    }

    /// <summary>A thousand manifests of one file each become few: sources of up to the usual size of a manifest share one.</summary>
    private static IEnumerable<IReadOnlyList<ManifestFile>> Bins(IEnumerable<ManifestFile> manifests)
    {
        var bin = new List<ManifestFile>();
        var size = 0L;
        foreach (var manifest in manifests)
        {
            if (bin.Count > 0 && size + manifest.ManifestLength > ManifestTargetBytes)
            {
                yield return bin;
                (bin, size) = ([], 0);
            }

            bin.Add(manifest);
            size += manifest.ManifestLength;
        }

        yield return bin;
    }
}
