using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Sort orders as DuckDB's SQL (specification, "Sorting").</summary>
internal static class SortSql
{
    /// <summary>An ORDER BY clause with a leading blank; empty for an order without fields.</summary>
    /// <exception cref="ValidationException">The schema lacks a column of the order.</exception>
    public static string Of(SortOrder order, Schema schema) => order.Fields.Count == 0 ? "" : $" ORDER BY {string.Join(", ", order.Fields.Select(f => Of(f, schema)))}";

    private static string Of(SortField field, Schema schema)
    {
        var (sql, type) = ColumnSql.Of(schema, field.SourceId)
            ?? throw new ValidationException($"Rows cannot be sorted by the field {field.SourceId}, which the schema does not have as a primitive column; replace the sort order.");
        return $"{field.Transform.ToSql(type, sql)} {(field.Direction == "desc" ? "DESC" : "ASC")} NULLS {(field.NullOrder == "nulls-last" ? "LAST" : "FIRST")}";
    }
}
