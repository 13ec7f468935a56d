namespace Floe.CubeProxy.SqlApi;

/// <summary>Types of values in statements and results.</summary>
internal enum SqlType
{
    /// <summary>A text literal or parameter whose type its surroundings decide.</summary>
    Unknown,
    Bool, Int4, Int8, Float8, Numeric, Text, Date, Timestamp, Interval,

    /// <summary>Only as a parameter: the list of <c>= ANY($1)</c>.</summary>
    TextArray, Int8Array, NumericArray, TimestampArray,
}

internal static class SqlTypes
{
    public static bool IsNumber(this SqlType type) => type is SqlType.Int4 or SqlType.Int8 or SqlType.Float8 or SqlType.Numeric;

    public static bool IsInteger(this SqlType type) => type is SqlType.Int4 or SqlType.Int8;

    public static bool IsTime(this SqlType type) => type is SqlType.Date or SqlType.Timestamp;

    /// <summary>The name that PostgreSQL prints.</summary>
    public static string DisplayName(this SqlType type) => type switch
    {
        SqlType.Bool => "boolean",
        SqlType.Int4 => "integer",
        SqlType.Int8 => "bigint",
        SqlType.Float8 => "double precision",
        SqlType.Numeric => "numeric",
        SqlType.Date => "date",
        SqlType.Timestamp => "timestamp without time zone",
        SqlType.Interval => "interval",
        SqlType.TextArray => "text[]",
        SqlType.Int8Array => "bigint[]",
        SqlType.NumericArray => "numeric[]",
        SqlType.TimestampArray => "timestamp without time zone[]",
        _ => "text",
    };

    public static SqlType ElementOf(this SqlType type) => type switch
    {
        SqlType.Int8Array => SqlType.Int8,
        SqlType.NumericArray => SqlType.Numeric,
        SqlType.TimestampArray => SqlType.Timestamp,
        _ => SqlType.Text,
    };

    public static SqlType ArrayOf(this SqlType type) => type switch
    {
        SqlType.Int4 or SqlType.Int8 => SqlType.Int8Array,
        SqlType.Float8 or SqlType.Numeric => SqlType.NumericArray,
        SqlType.Date or SqlType.Timestamp => SqlType.TimestampArray,
        _ => SqlType.TextArray,
    };
}
