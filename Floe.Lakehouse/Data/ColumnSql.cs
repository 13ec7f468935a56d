using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Columns of a schema by field id, as DuckDB's SQL.</summary>
internal static class ColumnSql
{
    /// <summary>The SQL of a field and its type; null when the schema has no such primitive field outside of lists and maps.</summary>
    public static (string Sql, PrimitiveType Type)? Of(Schema schema, int fieldId)
    {
        foreach (var field in schema.Fields)
        {
            if (Find(field, DuckDbSql.Name(field.Name), fieldId) is { } found)
                return found;
        }

        return null;
    }

    // A function call, not a dot: "a"."b" could be a column of a table named a.
    private static (string, PrimitiveType)? Find(NestedField field, string sql, int fieldId)
    {
        if (field.Id == fieldId)
            return field.Type is PrimitiveType type ? (sql, type) : null;
        if (field.Type is not StructType inner)
            return null;
        foreach (var child in inner.Fields)
        {
            if (Find(child, $"struct_extract({sql}, {DuckDbSql.Text(child.Name)})", fieldId) is { } found)
                return found;
        }

        return null;
    }
}
