using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>
/// Compaction: puts the rows of many small files into few of a target size, per partition spec and partition, in the order of their commits. The table's
/// content stays; row-level deletes are applied on the way. Commits one <c>replace</c> snapshot; appends that come meanwhile are kept, and older snapshots
/// stay readable until they expire.
/// </summary>
public sealed class RewriteDataFiles(Table table, DuckDbScan scan, ParquetWriter writer)
{
    private const long DefaultTargetBytes = 512L * 1024 * 1024;

    /// <summary>Bytes that a file should have; by default the table property <c>write.target-file-size-bytes</c> (512 MiB). Smaller files than three
    /// quarters of it are put together.</summary>
    public long? TargetFileSizeBytes { get; init; }

    /// <summary>Least number of files that are put together, unless fewer reach three quarters of the target size.</summary>
    public int MinInputFiles { get; init; } = 5;

    /// <summary>What <see cref="ExecuteAsync"/> would do to the table as it is now; changes nothing.</summary>
    /// <exception cref="ValidationException">An option or table property breaks its rule.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable.</exception>
    public async Task<RewriteDataFilesResult> DryRunAsync(CancellationToken ct)
    {
        var now = await table.RefreshAsync(ct);
        return new RewriteDataFilesResult([.. Groups(now, await now.NewScan().PlanAsync(ct)).Select(g => Describe(g, null))], null);
    }

    /// <summary>Rewrites and commits.</summary>
    /// <returns>What was done; nothing when no files are worth it.</returns>
    /// <exception cref="CommitFailedException">Files that were rewritten were removed by another commit meanwhile, or rows of them deleted, or others were
    /// faster every time; nothing was changed and no file is left.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the commit happened could not be found out; its files are kept.</exception>
    /// <exception cref="LakehouseException">A data file is damaged, or DuckDB cannot write; nothing was changed and no file is left.</exception>
    public async Task<RewriteDataFilesResult> ExecuteAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.compact");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        var now = await table.RefreshAsync(ct);
        var plan = await now.NewScan().PlanAsync(ct);
        var groups = Groups(now, plan);
        if (groups.Count == 0)
            return new RewriteDataFilesResult([], null);

        var results = await WriteAsync(now, plan, groups, ct);
        var rewrite = new DataFileRewrite(
            now,
            [.. groups.SelectMany(g => g)],
            [.. groups.Zip(results).Where(p => p.Second is not null).Select(p => (p.Second!, p.First.Max(e => e.SequenceNumber!.Value)))]);
        await PendingCommits.CommitAsync(activity, rewrite, ct);
        return new RewriteDataFilesResult([.. groups.Zip(results).Select(p => Describe(p.First, p.Second))], rewrite.SnapshotId);
    }

    private async Task<IReadOnlyList<DataFile?>> WriteAsync(Table now, ScanPlan plan, IReadOnlyList<IReadOnlyList<ManifestEntry>> groups, CancellationToken ct)
    {
        var written = new List<DataFile?>();
        try
        {
            using var db = new DuckDBConnection("Data Source=:memory:");
            await db.OpenAsync(ct);
            foreach (var group in groups)
            {
                var from = await scan.ToSqlAsync(plan with { Entries = group }, ct);
                var first = group[0].DataFile;
                try
                {
                    written.Add(await writer.WriteFileAsync(now, now.Schema, now.Metadata.SpecById(first.SpecId), first.Partition, db, $"SELECT * FROM {from}", ct));
                }
                catch (DuckDBException e) when (!ct.IsCancellationRequested)
                {
                    throw new LakehouseException($"{group.Count} files of {now.Identifier} from '{first.FilePath}' on could not be rewritten: {e.Message}", e);
                }
            }

            return written;
        }
        catch
        {
            await CommitLoop.CleanAsync(() => now.IO.DeleteAsync([.. written.OfType<DataFile>().Select(f => f.FilePath)], CancellationToken.None));
            throw;
        }
    }

    private IReadOnlyList<IReadOnlyList<ManifestEntry>> Groups(Table now, ScanPlan plan)
    {
        Writable.Check(now);
        if (MinInputFiles < 2)
            throw new ValidationException($"MinInputFiles is {MinInputFiles}; compaction puts at least 2 files together.");
        var target = TargetFileSizeBytes ?? TableSetting.Number(now, "write.target-file-size-bytes", DefaultTargetBytes, least: 1);
        return target > 0
            ? new FileGroups(target, MinInputFiles).Of(plan.Entries)
            : throw new ValidationException($"TargetFileSizeBytes is {target}; a file has at least 1 byte.");
    }

    private static RewrittenGroup Describe(IReadOnlyList<ManifestEntry> group, DataFile? added) => new(
        group[0].DataFile.SpecId,
        group[0].DataFile.Partition,
        [.. group.Select(e => new MaintainedFile(e.DataFile.FilePath, e.DataFile.FileSizeInBytes))],
        group.Sum(e => e.DataFile.RecordCount),
        added is null ? null : new MaintainedFile(added.FilePath, added.FileSizeInBytes));
}
