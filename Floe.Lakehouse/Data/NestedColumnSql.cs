using System.Globalization;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Nested columns as a file has them, turned into what the schema wants: fields of structs by field id, whatever they were called
/// when the file was written; those that the file lacks are null.</summary>
internal static class NestedColumnSql
{
    /// <summary>DuckDB's type to read the value with, and the value of the schema's type over what was read; no type when there is nothing to read.</summary>
    public static (string? Type, string Sql) Of(IcebergType target, ParquetShape file, string value, int depth = 0)
    {
        var name = DuckDbTypes.ToSql(target);
        switch (target)
        {
            case StructType s:
                return Struct(s, file, value, depth);
            case ListType l:
                var item = string.Create(CultureInfo.InvariantCulture, $"v{depth}");
                var (element, elementSql) = Of(l.Element, Element(file), item, depth + 1);
                if (element is null)
                    return (null, $"NULL::{name}");
                return ($"{element}[]", elementSql == item ? value : $"list_transform({value}, lambda {item}: {elementSql})");
            case MapType m when file.Children is [{ Children: [var fileKey, var fileValue] }]:
                var entry = string.Create(CultureInfo.InvariantCulture, $"v{depth}");
                var (keyType, keySql) = Of(m.Key, fileKey, $"{entry}.key", depth + 1);
                var (valueType, valueSql) = Of(m.Value, fileValue, $"{entry}.value", depth + 1);
                if (keyType is null || valueType is null)
                    return (null, $"NULL::{name}");
                var same = keySql == $"{entry}.key" && valueSql == $"{entry}.value";
                return ($"MAP({keyType}, {valueType})", same
                    ? value
                    : $"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({value}), lambda {entry}: {{key: {keySql}, value: {valueSql}}})) END");
            case PrimitiveType:
                return (name, value);
            default:
                return (null, $"NULL::{name}");
        }
    }

    private static (string? Type, string Sql) Struct(StructType target, ParquetShape file, string value, int depth)
    {
        var types = new List<string>();
        var values = new List<string>();
        var same = target.Fields.Count == file.Children.Count;
        for (var i = 0; i < target.Fields.Count; i++)
        {
            var field = target.Fields[i];
            var (type, sql) = (default(string), $"NULL::{DuckDbTypes.ToSql(field.Type)}");
            if (file.Child(field.Id) is { } child)
            {
                var extract = $"struct_extract({value}, {DuckDbSql.Text(child.Name)})";
                (type, sql) = Of(field.Type, child, extract, depth);
                if (type is not null)
                    types.Add($"{DuckDbSql.Name(child.Name)} {type}");
                same &= child.Name == field.Name && sql == extract && file.Children[i] == child;
            }
            else
            {
                same = false;
            }

            values.Add($"{DuckDbSql.Name(field.Name)} := {sql}");
        }

        if (types.Count == 0)
            return (null, $"NULL::{DuckDbTypes.ToSql(target)}");
        return ($"STRUCT({string.Join(", ", types)})", same ? value : $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", values)}) END");
    }

    // Three levels are the standard; old writers had the repeated field itself as the element.
    private static ParquetShape Element(ParquetShape list) =>
        list.Children is [{ Children: [var element] } repeated] && repeated.Name is "list" or "bag" or "array" ? element
        : list.Children is [var only] ? only
        : list;
}
