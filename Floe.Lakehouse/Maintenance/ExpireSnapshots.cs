using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>
/// Removes snapshots that the retention policy does not keep (specification, "Snapshot Retention Policy"), and afterwards the files that no remaining
/// snapshot refers to. First the commit, then the files: an interruption between leaves orphan files (<see cref="RemoveOrphanFiles"/>), never a
/// snapshot without its files. Readers of an expired snapshot lose it; choose the age accordingly.
/// </summary>
public sealed class ExpireSnapshots(Table table)
{
    private const long DefaultMaxSnapshotAgeMs = 5L * 24 * 60 * 60 * 1000;
    private const string PreviousVersions = "write.metadata.previous-versions-max";
    private const int DefaultPreviousVersions = 100;

    /// <summary>Snapshots of branches without an own max-snapshot-age-ms expire when they are older than this; by default the table property
    /// <c>history.expire.max-snapshot-age-ms</c> (5 days) before now.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>How many snapshots stay of a branch without an own min-snapshots-to-keep, at least 1; by default the table property
    /// <c>history.expire.min-snapshots-to-keep</c> (1).</summary>
    public int? RetainLast { get; init; }

    /// <summary>How many earlier metadata files the table's metadata log keeps from now on, at least 1: sets the table property
    /// <c>write.metadata.previous-versions-max</c> (100) in the same commit, and removes the files of all earlier versions, also of those that the
    /// catalog took out of the log before. Null leaves it as it is.</summary>
    public int? RetainMetadata { get; init; }

    /// <summary>What <see cref="ExecuteAsync"/> would do to the table as it is now; changes nothing.</summary>
    /// <exception cref="ValidationException">An option or table property breaks its rule, or the table's <c>gc.enabled</c> is false.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable, so that it is not known which files are needed.</exception>
    public async Task<ExpireSnapshotsResult> DryRunAsync(CancellationToken ct) => (await PlanAsync(await table.RefreshAsync(ct), ct)).Result;

    /// <summary>Commits the removal of the snapshots, then removes their files. Repeats the plan where another commit came first.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="OutsideWarehouseException">A file lies outside of the warehouse; nothing was changed.</exception>
    /// <exception cref="CommitFailedException">Others were faster every time; nothing was changed.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the commit happened could not be found out; no file was removed.</exception>
    /// <exception cref="Storage.StorageException">The commit happened, but a file could not be removed.</exception>
    public async Task<ExpireSnapshotsResult> ExecuteAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.expire");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        try
        {
            var (plan, after) = await CommitAsync(ct);
            var result = after is null ? plan.Result : await WithoutReachableAsync(plan, after, ct);
            await table.IO.DeleteAsync([.. result.Files.Select(f => f.Location)], ct);
            activity?.SetTag(LakehouseActivity.Files, result.Files.Count());
            activity?.SetTag(LakehouseActivity.Bytes, result.FileSizeInBytes);
            return result;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    private async Task<(Plan Plan, Table? After)> CommitAsync(CancellationToken ct)
    {
        var now = await table.RefreshAsync(ct);
        var retry = CommitRetry.Of(now);
        for (var attempt = 0; ; attempt++)
        {
            var plan = await PlanAsync(now, ct);
            if (plan.Updates.Count == 0)
                return (plan, null);
            try
            {
                return (plan, await now.Catalog.CommitTableAsync(new TableCommit(now.Identifier, plan.Requirements, plan.Updates), ct));
            }
            catch (CommitStateUnknownException)
            {
                var later = await now.RefreshAsync(ct);
                if (plan.Result.Snapshots.Count > 0 && !later.Metadata.Snapshots.Any(s => plan.Result.Snapshots.Contains(s.SnapshotId)))
                    return (plan, later);
                if (attempt >= retry.Retries)
                    throw;
                now = later;
            }
            catch (Exception e) when (e is CommitFailedException or ServiceUnavailableException && attempt < retry.Retries)
            {
                await Task.Delay(retry.Wait(attempt), now.Time, ct);
                now = await now.RefreshAsync(ct);
            }
        }
    }

    private async Task<Plan> PlanAsync(Table now, CancellationToken ct)
    {
        Writable.Check(now);
        Writable.CheckFilesMayGo(now);
        var keepLast = RetainLast ?? (int)Math.Min(int.MaxValue, TableSetting.Number(now, "history.expire.min-snapshots-to-keep", 1, least: 1));
        if (keepLast < 1)
            throw new ValidationException($"RetainLast is {keepLast}; at least 1 snapshot of a branch stays.");
        if (RetainMetadata < 1)
            throw new ValidationException($"RetainMetadata is {RetainMetadata}; at least 1 earlier metadata file stays.");

        var metadata = now.Metadata;
        var clock = now.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var retention = SnapshotRetention.Of(
            metadata,
            clock,
            OlderThan?.ToUnixTimeMilliseconds() ?? clock - TableSetting.Number(now, "history.expire.max-snapshot-age-ms", DefaultMaxSnapshotAgeMs, least: 0),
            keepLast,
            TableSetting.Number(now, "history.expire.max-ref-age-ms", long.MaxValue, least: 0));

        List<TableUpdate> updates = [.. retention.Refs.Select(name => new RemoveSnapshotRef(name))];
        if (retention.Snapshots.Count > 0)
            updates.Add(new RemoveSnapshots([.. retention.Snapshots.Select(s => s.SnapshotId)]));
        var versions = TableSetting.Number(now, PreviousVersions, DefaultPreviousVersions, least: 1);
        if (RetainMetadata is { } keep && keep != versions)
        {
            versions = keep;
            updates.Add(new SetProperties(new Dictionary<string, string> { [PreviousVersions] = keep.ToString(CultureInfo.InvariantCulture) }));
        }

        if (updates.Count == 0)
            return new Plan(now, [], [], ExpireSnapshotsResult.Nothing);

        // The policy looked at all references: none may have been moved since, least of all back to a snapshot that goes.
        IReadOnlyList<TableRequirement> requirements =
        [
            new AssertTableUuid(metadata.TableUuid),
            .. metadata.Refs.Select(r => new AssertRefSnapshotId(r.Key, r.Value.SnapshotId)),
        ];
        var result = await FilesAsync(now, retention.Snapshots, ct);

        // Before the commit: after it nobody would know of a file that must not be touched.
        foreach (var file in result.Files)
            now.Locations?.Check(file.Location);
        return new Plan(now, requirements, updates, result with
        {
            Snapshots = [.. retention.Snapshots.Select(s => s.SnapshotId)],
            Refs = retention.Refs,
            MetadataFiles = await MetadataFilesAsync(now, versions, ct),
        });
    }

    /// <summary>The files that only these snapshots refer to.</summary>
    private static async Task<ExpireSnapshotsResult> FilesAsync(Table now, IReadOnlyList<Snapshot> expired, CancellationToken ct)
    {
        if (expired.Count == 0)
            return ExpireSnapshotsResult.Nothing;
        var metadata = now.Metadata;
        var remaining = await ReachableFiles.OfAsync(metadata, metadata.Snapshots.Except(expired), now.IO, ct);
        var going = await ReachableFiles.OfAsync(metadata, expired, now.IO, ct);
        IReadOnlyList<ManifestFile> manifests = [.. going.Manifests.Values.Where(m => !remaining.Manifests.ContainsKey(m.ManifestPath))];
        var candidates = (await going.EntriesAsync(manifests, ct)).Select(e => e.DataFile).DistinctBy(f => LocationKey.Of(f.FilePath)).ToList();
        var needed = candidates.Count == 0 ? [] : await remaining.LiveFilesAsync(ct);
        var files = candidates.Where(f => !needed.Contains(LocationKey.Of(f.FilePath))).OrderBy(f => f.FilePath, StringComparer.Ordinal).ToLookup(f => f.Content == DataContent.Data);
        var ids = expired.Select(s => s.SnapshotId).ToHashSet();
        return ExpireSnapshotsResult.Nothing with
        {
            DataFiles = [.. files[true].Select(f => new MaintainedFile(f.FilePath, f.FileSizeInBytes))],
            DeleteFiles = [.. files[false].Select(f => new MaintainedFile(f.FilePath, f.FileSizeInBytes))],
            Manifests = [.. manifests.Select(m => new MaintainedFile(m.ManifestPath, m.ManifestLength)).OrderBy(f => f.Location, StringComparer.Ordinal)],
            ManifestLists = [.. going.ManifestLists.Where(l => !remaining.ManifestLists.ContainsKey(l.Key)).Select(l => new MaintainedFile(l.Key, l.Value)).OrderBy(f => f.Location, StringComparer.Ordinal)],
            StatisticsFiles = [.. metadata.StatisticsFiles.Where(s => ids.Contains(s.SnapshotId)).Select(s => new MaintainedFile(s.Location, s.FileSizeInBytes))],
        };
    }

    /// <summary>The metadata files that fall out of the log when the catalog logs the present one too; and those of earlier versions than any that is
    /// logged, which fell out before: a catalog shortens the log with every commit, and need not remove the files.</summary>
    private async Task<IReadOnlyList<MaintainedFile>> MetadataFilesAsync(Table now, long versions, CancellationToken ct)
    {
        var log = now.Metadata.MetadataLog.Select(e => e.MetadataFile).ToList();
        var kept = log.TakeLast((int)Math.Min(int.MaxValue, versions - 1)).ToHashSet(StringComparer.Ordinal);
        var dropped = log.Where(f => !kept.Contains(f)).ToHashSet(StringComparer.Ordinal);
        if (dropped.Count == 0 && RetainMetadata is null)
            return [];
        if (now.MetadataLocation is { } current)
            kept.Add(current);
        var oldest = kept.Count == 0 ? null : kept.Select(MetadataVersion).Aggregate((a, b) => a is null || b is null ? null : Math.Min(a.Value, b.Value));
        var files = new List<MaintainedFile>();
        await foreach (var file in now.IO.ListAsync($"{now.Location}/metadata", ct))
        {
            if (dropped.Contains(file.Location) || (RetainMetadata is not null && MetadataVersion(file.Location) < oldest && !kept.Contains(file.Location)))
                files.Add(new MaintainedFile(file.Location, file.Size));
        }

        return [.. files.OrderBy(f => f.Location, StringComparer.Ordinal)];
    }

    /// <summary>The version in a metadata file's name, <c>00012-UUID.metadata.json</c>; null for other names.</summary>
    private static long? MetadataVersion(string location)
    {
        var name = location[(location.LastIndexOf('/') + 1)..];
        return name.EndsWith(".metadata.json", StringComparison.Ordinal) && name.IndexOf('-', StringComparison.Ordinal) is > 0 and var end
            && long.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    /// <summary>Leaves out what the committed state refers to after all: snapshots that came since the plan, metadata files that the catalog still logs.</summary>
    private static async Task<ExpireSnapshotsResult> WithoutReachableAsync(Plan plan, Table after, CancellationToken ct)
    {
        var before = plan.Base.Metadata.Snapshots.Select(s => s.SnapshotId).ToHashSet();
        var logged = after.Metadata.MetadataLog.Select(e => e.MetadataFile).Append(after.MetadataLocation).ToHashSet(StringComparer.Ordinal);
        var result = plan.Result with { MetadataFiles = [.. plan.Result.MetadataFiles.Where(f => !logged.Contains(f.Location))] };
        var since = after.Metadata.Snapshots.Where(s => !before.Contains(s.SnapshotId)).ToList();
        if (since.Count == 0)
            return result;
        var reachable = await ReachableFiles.OfAsync(after.Metadata, since, after.IO, ct);
        var live = await reachable.LiveFilesAsync(ct);
        return result with
        {
            DataFiles = [.. result.DataFiles.Where(f => !live.Contains(LocationKey.Of(f.Location)))],
            DeleteFiles = [.. result.DeleteFiles.Where(f => !live.Contains(LocationKey.Of(f.Location)))],
            Manifests = [.. result.Manifests.Where(f => !reachable.Manifests.ContainsKey(f.Location))],
        };
    }

    private sealed record Plan(Table Base, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<TableUpdate> Updates, ExpireSnapshotsResult Result);
}
