using System.Globalization;
using System.Numerics;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Values as constants of DuckDB's SQL, typed, whatever the connection's time zone is.</summary>
internal static class SqlLiteral
{
    /// <summary>The constant of a value as <see cref="PrimitiveType"/> holds it; null is a typed NULL.</summary>
    public static string Of(PrimitiveType type, object? value)
    {
        var name = DuckDbTypes.ToSql(type);
        return (type.Kind, value) switch
        {
            (_, null) => $"NULL::{name}",
            (PrimitiveKind.Boolean, bool b) => b ? "true" : "false",
            (PrimitiveKind.Int, int i) => string.Create(CultureInfo.InvariantCulture, $"'{i}'::{name}"),
            (PrimitiveKind.Long, long l) => string.Create(CultureInfo.InvariantCulture, $"'{l}'::{name}"),
            (PrimitiveKind.Float, float f) => $"'{Text(f)}'::{name}",
            (PrimitiveKind.Double, double d) => $"'{Text(d)}'::{name}",
            (PrimitiveKind.Decimal, BigInteger unscaled) => $"'{Decimal(unscaled, type.Scale)}'::{name}",
            (PrimitiveKind.Date, int days) => string.Create(CultureInfo.InvariantCulture, $"(DATE '1970-01-01' + ({days}))"),
            (PrimitiveKind.Time, long micros) => string.Create(CultureInfo.InvariantCulture, $"(TIME '00:00:00' + to_microseconds({micros}))"),
            (PrimitiveKind.Timestamp, long micros) => string.Create(CultureInfo.InvariantCulture, $"make_timestamp({micros})"),
            (PrimitiveKind.TimestampTz, long micros) => string.Create(CultureInfo.InvariantCulture, $"make_timestamptz({micros})"),
            (PrimitiveKind.String, string text) => String(text),
            (PrimitiveKind.Uuid, Guid guid) => $"'{guid:D}'::{name}",
            (PrimitiveKind.Fixed or PrimitiveKind.Binary, byte[] bytes) => $"unhex('{Convert.ToHexString(bytes)}')",
            _ => throw new InvalidOperationException($"A {value.GetType().Name} is not a value of the type {type}."),
        };
    }

    // A float as a double prints more digits, of the same number.
    private static string Text(double number) => double.IsNaN(number) ? "nan"
        : double.IsInfinity(number) ? (number > 0 ? "inf" : "-inf")
        : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Decimal(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = unscaled.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    // The SQL goes to DuckDB as a zero-terminated text, so a zero must not be in it.
    private static string String(string text) => text.Contains('\0')
        ? $"concat({string.Join(", chr(0), ", text.Split('\0').Select(DuckDbSql.Text))})"
        : DuckDbSql.Text(text);
}
