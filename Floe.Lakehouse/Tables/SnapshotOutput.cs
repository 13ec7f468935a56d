using System.Security.Cryptography;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>Writes the manifests and manifest lists of one new snapshot, over all attempts to commit it, and remembers them for the cleanup.</summary>
internal sealed class SnapshotOutput(Table table)
{
    private readonly List<string> written = [];
    private readonly List<(string List, IReadOnlyList<string> Files)> attempts = [];

    /// <summary>Id of the snapshot: the same in every attempt, so that it can be found out whether one succeeded.</summary>
    public long SnapshotId { get; } = (RandomNumberGenerator.GetInt32(1, int.MaxValue) * (1L << 31)) + RandomNumberGenerator.GetInt32(int.MaxValue);

    private string Folder => table.Metadata.Properties.GetValueOrDefault("write.metadata.path")?.TrimEnd('/') ?? $"{table.Location}/metadata";

    /// <summary>Writes a manifest; it may be listed by several attempts.</summary>
    public async Task<ManifestFile> WriteManifestAsync(ManifestWriter writer, CancellationToken ct)
    {
        var path = $"{Folder}/{Guid.NewGuid()}-m{written.Count}.avro";
        var (content, manifest) = writer.Finish(path);
        written.Add(path);
        await table.IO.WriteAsync(path, content, ct);
        FaultPoints.Reached(FaultPoints.ManifestWritten);
        return manifest;
    }

    /// <summary>Writes the manifest list of an attempt, and gives its location.</summary>
    public async Task<string> WriteListAsync(IReadOnlyList<ManifestFile> manifests, long? parentSnapshotId, long sequenceNumber, CancellationToken ct)
    {
        var list = $"{Folder}/snap-{SnapshotId}-{attempts.Count + 1}-{Guid.NewGuid()}.avro";
        written.Add(list);
        attempts.Add((list, [list, .. manifests.Select(m => m.ManifestPath).Where(written.Contains)]));
        await table.IO.WriteAsync(list, ManifestList.Write(manifests, SnapshotId, parentSnapshotId, sequenceNumber), ct);
        FaultPoints.Reached(FaultPoints.ManifestListWritten);
        return list;
    }

    /// <summary>The commit that makes the snapshot, with these manifests, the head of a branch.</summary>
    /// <param name="origin">The change that the commit is of.</param>
    /// <param name="at">State of the table that the commit is for.</param>
    /// <param name="manifests">The snapshot's manifests.</param>
    /// <param name="summary">The snapshot's summary.</param>
    /// <param name="branch">The branch; one that is not there begins at the current snapshot.</param>
    /// <param name="change">What the same commit changes besides, or null.</param>
    public async Task<TableCommit> CommitAsync(
        IPendingCommit origin,
        Table at,
        IReadOnlyList<ManifestFile> manifests,
        IReadOnlyDictionary<string, string> summary,
        CancellationToken ct,
        string branch = SnapshotRef.Main,
        MetadataChange? change = null)
    {
        var metadata = at.Metadata;
        var head = metadata.Refs.GetValueOrDefault(branch);
        var parent = head?.SnapshotId ?? metadata.CurrentSnapshotId;
        var sequence = metadata.LastSequenceNumber + 1;
        var snapshot = new Snapshot
        {
            SnapshotId = SnapshotId,
            ParentSnapshotId = parent,
            SequenceNumber = sequence,
            TimestampMs = Math.Max(table.Time.GetUtcNow().ToUnixTimeMilliseconds(), metadata.LastUpdatedMs),
            ManifestList = await WriteListAsync(manifests, parent, sequence, ct),
            SchemaId = change?.SchemaId(metadata) ?? metadata.CurrentSchemaId,
            Summary = SnapshotTrace.AddTo(summary),
        };
        List<TableRequirement> requirements = [new AssertTableUuid(metadata.TableUuid), new AssertRefSnapshotId(branch, head?.SnapshotId)];
        List<TableUpdate> updates = [];
        change?.Write(metadata, requirements, updates);
        updates.Add(new AddSnapshot(snapshot));
        updates.Add(new SetSnapshotRef(branch, head is null ? new SnapshotRef(SnapshotId, "branch") : head with { SnapshotId = SnapshotId }));
        return new TableCommit(at.Identifier, requirements, updates) { Origin = origin };
    }

    /// <summary>Removes what is not of the attempt with this list, which need not be the last: the answer to an earlier one may have been lost.</summary>
    public async Task KeepAsync(string manifestList)
    {
        var kept = attempts.Where(a => a.List == manifestList).SelectMany(a => a.Files).ToHashSet(StringComparer.Ordinal);
        var unused = written.Where(f => !kept.Contains(f)).ToList();
        if (kept.Count > 0 && unused.Count > 0)
            await table.IO.DeleteAsync(unused, CancellationToken.None);
    }

    /// <summary>Removes everything written, and these files.</summary>
    public Task DiscardAsync(IEnumerable<string> dataFiles) => table.IO.DeleteAsync([.. written, .. dataFiles], CancellationToken.None);
}
