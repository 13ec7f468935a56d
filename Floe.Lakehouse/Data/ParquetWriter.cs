using System.Data.Common;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Writes the rows of a DuckDB query as data files of a table.</summary>
public sealed class ParquetWriter
{
    /// <summary>Runs the query on the connection, writes its rows as one Parquet file and uploads it. The file belongs to no snapshot
    /// until a <see cref="Transaction"/> commits it.</summary>
    /// <param name="table">The table; the query's columns are matched by name with the current schema.</param>
    /// <param name="db">An open DuckDB connection.</param>
    /// <param name="selectSql">The query, without a semicolon.</param>
    /// <returns>The file, or none when the query has no rows.</returns>
    public Task<IReadOnlyList<DataFile>> WriteAsync(Table table, DbConnection db, string selectSql, CancellationToken ct) => throw new NotImplementedException();
}
