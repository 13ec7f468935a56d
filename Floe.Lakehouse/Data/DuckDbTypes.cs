using System.Globalization;
using System.Text.RegularExpressions;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Iceberg types as DuckDB types and back.</summary>
public static partial class DuckDbTypes
{
    /// <summary>DuckDB's name of a type.</summary>
    public static string ToSql(IcebergType type) => type switch
    {
        PrimitiveType p => p.Kind switch
        {
            PrimitiveKind.Boolean => "BOOLEAN",
            PrimitiveKind.Int => "INTEGER",
            PrimitiveKind.Long => "BIGINT",
            PrimitiveKind.Float => "FLOAT",
            PrimitiveKind.Double => "DOUBLE",
            PrimitiveKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({p.Precision},{p.Scale})"),
            PrimitiveKind.Date => "DATE",
            PrimitiveKind.Time => "TIME",
            PrimitiveKind.Timestamp => "TIMESTAMP",
            PrimitiveKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
            PrimitiveKind.String => "VARCHAR",
            PrimitiveKind.Uuid => "UUID",
            _ => "BLOB",
        },
        StructType s => $"STRUCT({string.Join(", ", s.Fields.Select(f => $"{DuckDbSql.Name(f.Name)} {ToSql(f.Type)}"))})",
        ListType l => $"{ToSql(l.Element)}[]",
        MapType m => $"MAP({ToSql(m.Key)}, {ToSql(m.Value)})",
        _ => throw new InvalidOperationException($"Unknown type {type}."),
    };

    /// <summary>The Iceberg type of a column of a query, as DESCRIBE prints its type.</summary>
    /// <exception cref="ValidationException">Iceberg has no such type; says what to cast to.</exception>
    public static PrimitiveType FromSql(string column, string type) => type switch
    {
        "BOOLEAN" => PrimitiveType.Boolean,
        "TINYINT" or "SMALLINT" or "INTEGER" or "UTINYINT" or "USMALLINT" => PrimitiveType.Int,
        "BIGINT" or "UINTEGER" => PrimitiveType.Long,
        "FLOAT" => PrimitiveType.Float,
        "DOUBLE" => PrimitiveType.Double,
        "DATE" => PrimitiveType.Date,
        "TIME" => PrimitiveType.Time,
        "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" => PrimitiveType.Timestamp,
        "TIMESTAMP WITH TIME ZONE" => PrimitiveType.TimestampTz,
        "VARCHAR" or "JSON" => PrimitiveType.String,
        "UUID" => PrimitiveType.Uuid,
        "BLOB" => PrimitiveType.Binary,
        _ when DecimalForm().Match(type) is { Success: true } d => PrimitiveType.Decimal(Number(d.Groups[1]), Number(d.Groups[2])),
        _ when type.StartsWith("ENUM(", StringComparison.Ordinal) => PrimitiveType.String,
        "HUGEINT" or "UHUGEINT" or "UBIGINT" => throw Refuse(column, type, "it can be cast to BIGINT or DECIMAL(38,0), for example sum(x)::BIGINT"),
        "TIMESTAMP_NS" => throw Refuse(column, type, "cast it to TIMESTAMP, which has microseconds"),
        "\"NULL\"" => throw Refuse(column, type, "cast the NULL to the type that is meant"),
        _ => throw Refuse(column, type, "cast it to a type that is not nested, or leave the column out"),
    };

    /// <summary>Whether values of one type can be stored in a column of another without loss (specification, "Schema Evolution", promotions; and an int as a decimal that holds it).</summary>
    public static bool Fits(PrimitiveType from, PrimitiveType to) => from == to || (from.Kind, to.Kind) switch
    {
        (PrimitiveKind.Int, PrimitiveKind.Long) or (PrimitiveKind.Float, PrimitiveKind.Double) => true,
        (PrimitiveKind.Decimal, PrimitiveKind.Decimal) => to.Scale >= from.Scale && to.Precision - to.Scale >= from.Precision - from.Scale,
        (PrimitiveKind.Int, PrimitiveKind.Decimal) => to.Precision - to.Scale >= 10,
        (PrimitiveKind.Long, PrimitiveKind.Decimal) => to.Precision - to.Scale >= 19,
        (PrimitiveKind.Binary, PrimitiveKind.Fixed) => true,
        _ => false,
    };

    private static ValidationException Refuse(string column, string type, string remedy) =>
        new($"The query's column '{column}' has the type {type}, which Iceberg does not have: {remedy}.");

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^DECIMAL\((\d+),(\d+)\)$")]
    private static partial Regex DecimalForm();
}
