using System.Data.Common;

namespace Floe.Lakehouse.Schemas;

/// <summary>Schemas from the result columns of DuckDB queries.</summary>
public static class SchemaFromQuery
{
    /// <summary>The Iceberg schema of a query's columns. Columns that an existing schema has keep their field ids; the others get new ones above its highest.</summary>
    /// <param name="db">An open DuckDB connection; the query is described, not run.</param>
    /// <param name="selectSql">The query, without a semicolon.</param>
    /// <param name="existing">Schema of the table that the rows are for, or null for a new table.</param>
    /// <param name="lastColumnId">The table's last-column-id (ids of dropped columns are never used again), 0 for a new table.</param>
    /// <exception cref="ValidationException">A column has a type that Iceberg does not have, for example HUGEINT; says what to cast it to.</exception>
    public static Task<Schema> DescribeAsync(DbConnection db, string selectSql, Schema? existing = null, int lastColumnId = 0, CancellationToken ct = default) => throw new NotImplementedException();
}
