using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Tables as DuckDB reads them: local copies of the data files of a snapshot.</summary>
public sealed class DuckDbScan(DataFileCache cache)
{
    private const int FetchesAtOnce = 8;

    /// <summary>An SQL fragment for a FROM clause with the table's rows: the schema's columns in its order, names and types, whatever they were
    /// called when a file was written. A table without files gives no rows of the same columns.</summary>
    /// <param name="table">The table.</param>
    /// <param name="snapshotId">The snapshot, or null for the current one.</param>
    public Task<string> ToSqlAsync(Table table, long? snapshotId, CancellationToken ct) =>
        ToSqlAsync(snapshotId is { } id ? table.NewScan().UseSnapshot(id) : table.NewScan(), ct);

    /// <summary>As the other overload, for the rows and columns of a scan: those that its filter keeps, without rows that position deletes removed.</summary>
    public async Task<string> ToSqlAsync(TableScan scan, CancellationToken ct) => await ToSqlAsync(await scan.PlanAsync(ct), ct);

    /// <summary>As <see cref="ToSqlAsync(ScanPlan, CancellationToken)"/>, with DuckDB's hidden column <c>file_index</c>: the place of a row's file among the plan's. Null
    /// when the plan's files cannot be read in one go: some have deleted rows, or lack columns.</summary>
    public async Task<string?> FilesSqlAsync(ScanPlan plan, CancellationToken ct) =>
        await ToSqlAsync(plan, ct) is var sql && sql.StartsWith(ScanSql.ReadFunction, StringComparison.Ordinal) ? sql : null;

    /// <summary>As the other overload, for a plan that is known already.</summary>
    /// <exception cref="UnsupportedFormatException">The table has equality deletes, files that are not Parquet, or files without field ids.</exception>
    /// <exception cref="Storage.StorageException">A file cannot be fetched.</exception>
    /// <exception cref="CorruptFileException">A file does not have the length that its manifest gives it.</exception>
    public async Task<string> ToSqlAsync(ScanPlan plan, CancellationToken ct)
    {
        if (plan.DeleteFiles.FirstOrDefault(d => d.DataFile.Content == DataContent.EqualityDeletes) is { } equality)
            throw new UnsupportedFormatException($"The snapshot {plan.Snapshot?.SnapshotId} has rows deleted by their values (the equality delete file '{equality.DataFile.FilePath}'), which are not read; rewrite the table's data files with the engine that wrote it.");
        if (plan.Entries.Concat(plan.DeleteFiles).FirstOrDefault(e => e.DataFile.FileFormat != "PARQUET") is { } other)
            throw new UnsupportedFormatException($"The file '{other.DataFile.FilePath}' is {other.DataFile.FileFormat}; only PARQUET is read.");

        var files = plan.Entries.Concat(plan.DeleteFiles).Select(e => e.DataFile).ToArray();
        var paths = new string[files.Length];
        await Parallel.ForAsync(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = FetchesAtOnce, CancellationToken = ct }, async (i, token) =>
            paths[i] = await cache.GetAsync(files[i], token));

        var local = new Dictionary<string, string>(paths.Length, StringComparer.Ordinal);
        for (var i = 0; i < paths.Length; i++)
            local[files[i].FilePath] = paths[i];
        var sql = new ScanSql(plan, local);
        return sql.ReadsShapes ? await Task.Run(sql.Build, ct) : sql.Build();
    }
}
