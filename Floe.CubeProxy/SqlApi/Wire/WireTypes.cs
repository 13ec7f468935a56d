namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>Types as the protocol names them: by the numbers of PostgreSQL's pg_type.</summary>
internal static class WireTypes
{
    public const int Bool = 16, Bytea = 17, Char = 18, Name = 19, Int8 = 20, Int2 = 21, Int4 = 23, Text = 25, Oid = 26, Float4 = 700, Float8 = 701, Unknown = 705, BpChar = 1042, VarChar = 1043,
        Date = 1082, Timestamp = 1114, TimestampTz = 1184, Interval = 1186, Numeric = 1700, Uuid = 2950;

    public const int Int2Array = 1005, Int4Array = 1007, TextArray = 1009, VarCharArray = 1015, Int8Array = 1016, Float4Array = 1021, Float8Array = 1022, TimestampArray = 1115, DateArray = 1182,
        TimestampTzArray = 1185, NumericArray = 1231, UuidArray = 2951;

    public static int OidOf(SqlType type) => type switch
    {
        SqlType.Bool => Bool,
        SqlType.Int4 => Int4,
        SqlType.Int8 => Int8,
        SqlType.Float8 => Float8,
        SqlType.Numeric => Numeric,
        SqlType.Date => Date,
        SqlType.Timestamp => Timestamp,
        SqlType.Interval => Interval,
        SqlType.TextArray => TextArray,
        SqlType.Int8Array => Int8Array,
        SqlType.NumericArray => NumericArray,
        SqlType.TimestampArray => TimestampArray,
        _ => Text,
    };

    /// <summary>What a parameter declared with this number is here; null: such parameters are not taken.</summary>
    public static SqlType? TypeOf(int oid) => oid switch
    {
        0 or Unknown => SqlType.Unknown,
        Bool => SqlType.Bool,
        Int2 or Int4 => SqlType.Int4,
        Int8 or Oid => SqlType.Int8,
        Float4 or Float8 => SqlType.Float8,
        Numeric => SqlType.Numeric,
        Text or VarChar or BpChar or Name or Char or Uuid => SqlType.Text,
        Date => SqlType.Date,
        Timestamp or TimestampTz => SqlType.Timestamp,
        Interval => SqlType.Interval,
        TextArray or VarCharArray or UuidArray => SqlType.TextArray,
        Int2Array or Int4Array or Int8Array => SqlType.Int8Array,
        Float4Array or Float8Array or NumericArray => SqlType.NumericArray,
        TimestampArray or TimestampTzArray or DateArray => SqlType.TimestampArray,
        _ => null,
    };

    /// <summary>Bytes of a value in binary; -1: it varies.</summary>
    public static short SizeOf(SqlType type) => type switch
    {
        SqlType.Bool => 1,
        SqlType.Int4 or SqlType.Date => 4,
        SqlType.Int8 or SqlType.Float8 or SqlType.Timestamp => 8,
        SqlType.Interval => 16,
        _ => -1,
    };
}
