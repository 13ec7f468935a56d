using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Partition values of rows, computed by DuckDB.</summary>
internal sealed class PartitionSql
{
    private readonly IReadOnlyList<(string Sql, PrimitiveType Type)> fields;

    /// <summary>Values by a spec of rows of a schema.</summary>
    /// <exception cref="ValidationException">The schema lacks a source column, or the transform does not exist for its type.</exception>
    public PartitionSql(PartitionSpec spec, Schema schema) => fields = [.. spec.Fields.Select(f => Field(f, schema))];

    /// <summary>A text that is equal for rows of one partition, and for no others.</summary>
    public string Key => $"md5(concat_ws('/', {string.Join(", ", fields.Select(f => $"coalesce(hex(({f.Sql})::VARCHAR), 'null')"))}))";

    /// <summary>The partition of a file whose rows are all of one.</summary>
    public IReadOnlyList<object?> Read(DuckDBConnection db, string from)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", fields.Select(f => Plain(f.Sql, f.Type)))} FROM {from} LIMIT 1";
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            throw new InvalidOperationException($"A partition without rows was written: {from}.");
        return [.. fields.Select((f, i) => reader.IsDBNull(i) ? null : Value(f.Type, reader.GetValue(i)))];
    }

    private static (string Sql, PrimitiveType Type) Field(PartitionField field, Schema schema)
    {
        // A void field may be of a column that is gone.
        if (field.Transform.Kind == TransformKind.Void)
            return ("NULL::VARCHAR", PrimitiveType.String);
        if (field.Transform.Kind == TransformKind.Unknown)
            throw new UnsupportedFormatException($"The partition field '{field.Name}' has the transform '{field.Transform}', which is not known: such tables are read, not written.");
        var (sql, type) = ColumnSql.Of(schema, field.SourceId)
            ?? throw new ValidationException($"The partition field '{field.Name}' is of the column {field.SourceId}, which the schema does not have as a primitive column.");
        return (field.Transform.ToSql(type, sql), field.Transform.ResultType(type));
    }

    /// <summary>The expression as one that comes without a loss to .NET.</summary>
    private static string Plain(string sql, PrimitiveType type) => type.Kind switch
    {
        PrimitiveKind.Date => $"(({sql}) - DATE '1970-01-01')::INTEGER",
        PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz => $"epoch_us({sql})",
        PrimitiveKind.Decimal or PrimitiveKind.Uuid => $"({sql})::VARCHAR",
        PrimitiveKind.Fixed or PrimitiveKind.Binary => $"hex({sql})",
        _ => sql,
    };

    private static object Value(PrimitiveType type, object value) => type.Kind switch
    {
        PrimitiveKind.Int or PrimitiveKind.Date => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        PrimitiveKind.Decimal => SingleValue.FromDuckDbText(type, (string)value) ?? throw new InvalidOperationException($"'{value}' is not a {type}."),
        PrimitiveKind.Uuid => Guid.Parse((string)value),
        PrimitiveKind.Fixed or PrimitiveKind.Binary => Convert.FromHexString((string)value),
        _ => value,
    };
}
