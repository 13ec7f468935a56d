using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>Writes DuckDB's values as the column's type says, in PostgreSQL's text or binary form.</summary>
internal static class ValueWriter
{
    private static readonly DateTime _epoch = new(2000, 1, 1);

    /// <summary>One field of a DataRow: its length and its bytes.</summary>
    public static void Write(MessageWriter to, object value, SqlType type, bool isBinary)
    {
        if (value is DBNull)
        {
            to.Int32(-1);
            return;
        }
        var start = to.ReserveLength();
        if (isBinary) WriteBinary(to, value, type);
        else WriteText(to, value, type);
        to.FillLength(start);
    }

    private static void WriteText(MessageWriter to, object value, SqlType type)
    {
        switch (type)
        {
            case SqlType.Bool: to.Byte((byte)(ToBoolean(value) ? 't' : 'f')); break;
            case SqlType.Int4 or SqlType.Int8: to.Text(ToInt64(value).ToString(CultureInfo.InvariantCulture)); break;
            case SqlType.Float8: to.Text(Number(Convert.ToDouble(value is BigInteger big ? (double)big : value, CultureInfo.InvariantCulture))); break;
            case SqlType.Numeric: to.Text(NumericFormat.WithoutExponent(Plain(value))); break;
            case SqlType.Date: to.Text(ToDateTime(value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            case SqlType.Timestamp: to.Text(Timestamp(ToDateTime(value))); break;
            default: to.Text(Plain(value)); break;
        }
    }

    private static void WriteBinary(MessageWriter to, object value, SqlType type)
    {
        switch (type)
        {
            case SqlType.Bool: to.Byte(ToBoolean(value) ? (byte)1 : (byte)0); break;
            case SqlType.Int4: to.Int32(ToInt64(value) is >= int.MinValue and <= int.MaxValue and var small ? (int)small : throw OutOfRange(value, type)); break;
            case SqlType.Int8: to.Int64(ToInt64(value)); break;
            case SqlType.Float8: to.Int64(BitConverter.DoubleToInt64Bits(Convert.ToDouble(value is BigInteger big ? (double)big : value, CultureInfo.InvariantCulture))); break;
            case SqlType.Numeric: NumericFormat.Write(to, Plain(value)); break;
            case SqlType.Date: to.Int32((int)(ToDateTime(value).Date - _epoch).TotalDays); break;
            case SqlType.Timestamp: to.Int64((ToDateTime(value) - _epoch).Ticks / TimeSpan.TicksPerMicrosecond); break;
            case SqlType.Interval:
                var span = value is TimeSpan time ? time : throw new SqlError(SqlStates.FeatureNotSupported, "An interval of months has no binary form here; ask for it as text.");
                to.Int64(span.Ticks / TimeSpan.TicksPerMicrosecond);
                to.Int64(0);
                break;
            default: to.Text(Plain(value)); break;
        }
    }

    /// <summary>A value as text, whatever its type.</summary>
    public static string Plain(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "t" : "f",
        double number => Number(number),
        float number => Number(number),
        // Digits without the zeros that only a wide type brought along.
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateTime time => Timestamp(time),
        DateTimeOffset time => $"{Timestamp(time.UtcDateTime)}+00",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeSpan span => Interval(span),
        Guid id => id.ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"{{{string.Join(',', list.Cast<object?>().Select(Element))}}}",
        _ => value.ToString() ?? "",
    };

    private static string Element(object? value)
    {
        if (value is null or DBNull) return "NULL";
        var text = Plain(value);
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or ':') && !text.Equals("null", StringComparison.OrdinalIgnoreCase)
            ? text
            : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }

    private static string Number(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsPositiveInfinity(number) ? "Infinity" : double.IsNegativeInfinity(number) ? "-Infinity" : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Timestamp(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    private static string Interval(TimeSpan span)
    {
        var days = (long)span.TotalDays;
        var rest = span - TimeSpan.FromDays(days);
        var clock = $"{(rest < TimeSpan.Zero ? "-" : "")}{rest.Duration().ToString(rest.Ticks % TimeSpan.TicksPerSecond == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.FFFFFF", CultureInfo.InvariantCulture)}";
        return days == 0 ? clock : rest == TimeSpan.Zero ? $"{days} day{(days == 1 ? "" : "s")}" : $"{days} day{(days == 1 ? "" : "s")} {clock}";
    }

    private static bool ToBoolean(object value) => value switch
    {
        bool flag => flag,
        string text => text is "true" or "t",
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0,
    };

    private static long ToInt64(object value) => value switch
    {
        long number => number,
        int number => number,
        BigInteger number => number >= long.MinValue && number <= long.MaxValue ? (long)number : throw OutOfRange(value, SqlType.Int8),
        bool flag => flag ? 1 : 0,
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw OutOfRange(value, SqlType.Int8),
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };

    private static DateTime ToDateTime(object value) => value switch
    {
        DateTime time => time,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        DateTimeOffset time => time.UtcDateTime,
        _ => throw new SqlError(SqlStates.DataException, $"A value of the result is of type {value.GetType().Name} and not a time."),
    };

    private static SqlError OutOfRange(object value, SqlType type) => new(SqlStates.NumericOutOfRange, $"{value} does not fit into {type.DisplayName()}.");
}
