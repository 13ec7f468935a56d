using DuckDB.NET.Data;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Queries as the rows of a table's schema.</summary>
internal static class ParquetProjection
{
    /// <summary>The query with the schema's columns, order and types. Types are cast only where nothing can be lost.</summary>
    /// <exception cref="ValidationException">A column is unknown, missing or of another type.</exception>
    public static string Of(Table table, Schema schema, DuckDBConnection db, string selectSql)
    {
        var columns = DuckDbSql.Describe(db, selectSql);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, type) in columns)
        {
            if (!given.TryAdd(name, type))
                throw new ValidationException($"The query for {table.Identifier} has two columns named '{name}'; give one of them another name.");
            if (schema.FindField(name) is null)
                throw new ValidationException($"The query's column '{name}' is not a column of {table.Identifier}; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.");
        }

        var parts = schema.Fields.Select(field =>
        {
            var name = DuckDbSql.Name(field.Name);
            var wanted = DuckDbTypes.ToSql(field.Type);
            if (!given.TryGetValue(field.Name, out var sqlType))
            {
                return field.Required
                    ? throw new ValidationException($"The query lacks the required column '{field.Name}' of {table.Identifier}.")
                    : $"NULL::{wanted} AS {name}";
            }

            if (field.Type is not PrimitiveType type)
            {
                // Inside a nested type nothing is cast: DuckDB matches the fields of structs by name and would drop or fill some.
                return sqlType == DuckDbSql.Describe(db, $"SELECT NULL::{wanted} AS t")[0].Type
                    ? name
                    : throw new ValidationException($"The query's column '{field.Name}' is {sqlType}, the column of {table.Identifier} is {field.Type}: cast it in the query, {name}::{wanted}.");
            }

            var from = DuckDbTypes.FromSql(field.Name, sqlType);
            if (!DuckDbTypes.Fits(from, type))
                throw new ValidationException($"The query's column '{field.Name}' is {from}, the column of {table.Identifier} is {type}: cast it in the query, {name}::{wanted}.");
            return sqlType == wanted ? name : $"{name}::{wanted} AS {name}";
        });
        return $"SELECT {string.Join(", ", parts)} FROM ({selectSql})";
    }

    /// <summary>The value of COPY's option FIELD_IDS: a field id for every column and nested field.</summary>
    public static string FieldIds(Schema schema) => $"{{{string.Join(", ", schema.Fields.Select(Id))}}}";

    private static string Id(NestedField field)
    {
        var children = Schema.Children(field.Type).Select(Id).ToList();
        return $"{DuckDbSql.Name(field.Name)}: {(children.Count == 0 ? field.Id : $"{{__duckdb_field_id: {field.Id}, {string.Join(", ", children)}}}")}";
    }
}
