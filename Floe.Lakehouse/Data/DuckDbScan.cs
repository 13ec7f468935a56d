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
    public async Task<string> ToSqlAsync(Table table, long? snapshotId, CancellationToken ct) =>
        await ToSqlAsync(await (snapshotId is { } id ? table.NewScan().UseSnapshot(id) : table.NewScan()).PlanAsync(ct), ct);

    /// <summary>As the other overload, for a plan that is known already.</summary>
    /// <exception cref="UnsupportedFormatException">The table has row-level deletes or files that are not Parquet.</exception>
    public async Task<string> ToSqlAsync(ScanPlan plan, CancellationToken ct)
    {
        if (plan.DeleteFiles.Count > 0)
            throw new UnsupportedFormatException($"The snapshot {plan.Snapshot?.SnapshotId} has {plan.DeleteFiles.Count} files of row-level deletes, which are not read yet; rewrite the table's data files with the engine that wrote them.");
        if (plan.Files.FirstOrDefault(f => f.FileFormat != "PARQUET") is { } other)
            throw new UnsupportedFormatException($"The data file '{other.FilePath}' is {other.FileFormat}; only PARQUET is read.");

        var paths = new string[plan.Entries.Count];
        await Parallel.ForAsync(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = FetchesAtOnce, CancellationToken = ct }, async (i, token) =>
            paths[i] = await cache.GetAsync(plan.Entries[i].DataFile.FilePath, token));
        return paths.Length == 0 ? Empty(plan.Schema) : Read(plan.Schema, paths);
    }

    private static string Empty(Schema schema) =>
        $"(SELECT {string.Join(", ", schema.Fields.Select(f => $"NULL::{DuckDbTypes.ToSql(f.Type)} AS {DuckDbSql.Name(f.Name)}"))} WHERE false)";

    private static string Read(Schema schema, IEnumerable<string> paths)
    {
        // The schema parameter makes DuckDB match columns by the files' field ids, as the specification wants ("Column Projection").
        var columns = schema.Fields.Select(f => $"{f.Id}: {{name: {DuckDbSql.Text(f.Name)}, type: {DuckDbSql.Text(DuckDbTypes.ToSql(f.Type))}, default_value: NULL}}");
        return $"read_parquet([{string.Join(", ", paths.Select(DuckDbSql.Text))}], hive_partitioning = false, schema = MAP {{{string.Join(", ", columns)}}})";
    }
}
