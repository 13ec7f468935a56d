using DuckDB.NET.Data;
using Floe.Lakehouse.Data;

namespace Floe.Lakehouse.Schemas;

/// <summary>Schemas from the result columns of DuckDB queries.</summary>
public static class SchemaFromQuery
{
    /// <summary>The Iceberg schema of a query's columns, all optional. A column that an existing schema has by name keeps its field id, doc and nullability;
    /// the others get new ids.</summary>
    /// <param name="db">An open DuckDB connection; the query is described, not run.</param>
    /// <param name="selectSql">The query, without a semicolon.</param>
    /// <param name="existing">Schema of the table that the rows are for, or null for a new table.</param>
    /// <param name="lastColumnId">The table's last-column-id, 0 for a new table: ids of dropped columns are never given out again.</param>
    /// <exception cref="ValidationException">A column has a type that Iceberg does not have, for example HUGEINT; says what to cast it to.
    /// Or an existing column would change its type in a way that the specification does not allow ("Schema Evolution").</exception>
    public static Task<Schema> DescribeAsync(DuckDBConnection db, string selectSql, Schema? existing = null, int lastColumnId = 0, CancellationToken ct = default) =>
        Task.Run(() => Describe(DuckDbSql.Describe(db, selectSql), existing, lastColumnId), ct);

    internal static Schema Describe(IReadOnlyList<(string Name, string Type)> columns, Schema? existing, int lastColumnId)
    {
        var next = Math.Max(lastColumnId, existing?.HighestFieldId ?? 0);
        var fields = new List<NestedField>(columns.Count);
        foreach (var (name, sqlType) in columns)
        {
            var type = DuckDbTypes.FromSql(name, sqlType);
            if (existing?.FindField(name) is not { } known)
                fields.Add(new NestedField(++next, name, type, Required: false));
            else if (known.Type is PrimitiveType before && DuckDbTypes.Fits(type, before))
                fields.Add(known);
            else if (known.Type is PrimitiveType narrow && narrow.CanPromoteTo(type))
                fields.Add(known with { Type = type });
            else
                throw new ValidationException($"The query's column '{name}' is {type}, the table's is {known.Type}: Iceberg allows int to long, float to double and a wider decimal of the same scale only; cast the column to {known.Type}, or give the new column another name.");
        }

        return new Schema(fields, (existing?.SchemaId ?? -1) + 1);
    }
}
