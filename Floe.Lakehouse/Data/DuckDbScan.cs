using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Tables as DuckDB reads them.</summary>
public sealed class DuckDbScan(DataFileCache cache)
{
    /// <summary>An SQL fragment for a FROM clause that gives the table's rows: columns in the order, with the names and types of the schema,
    /// whatever the files' columns were called when they were written.</summary>
    /// <param name="table">The table.</param>
    /// <param name="snapshotId">The snapshot, or null for the current one.</param>
    public Task<string> ToSqlAsync(Table table, long? snapshotId, CancellationToken ct) => throw new NotImplementedException(cache.ToString());
}
