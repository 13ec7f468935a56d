using System.Globalization;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>Converts literals and parameters to the type that their place asks for. A value is a bool, long, decimal, double, string, DateTime or interval.</summary>
internal static class Values
{
    /// <summary>What a value is, before anything is asked of it.</summary>
    public static SqlType TypeOf(object? value) => value switch
    {
        bool => SqlType.Bool,
        long => SqlType.Int8,
        double => SqlType.Float8,
        decimal => SqlType.Numeric,
        DateTime => SqlType.Timestamp,
        IntervalValue => SqlType.Interval,
        _ => SqlType.Unknown,
    };

    /// <exception cref="SqlError">It is no value of that type.</exception>
    public static object? Convert(object? value, SqlType type)
    {
        switch (type, value)
        {
            case (_, null): return null;
            case (SqlType.Unknown, _): return value;
            case (SqlType.Text, string): return value;
            case (SqlType.Text, bool flag): return flag ? "true" : "false";
            case (SqlType.Text, DateTime time): return time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
            case (SqlType.Text, IFormattable number): return number.ToString(null, CultureInfo.InvariantCulture);
            case (SqlType.Bool, bool): return value;
            case (SqlType.Bool, string text):
                return text.Trim().ToLowerInvariant() switch
                {
                    "t" or "true" or "y" or "yes" or "on" or "1" => true,
                    "f" or "false" or "n" or "no" or "off" or "0" => false,
                    _ => throw Invalid(value, type),
                };
            case (SqlType.Int4 or SqlType.Int8, long): return value;
            case (SqlType.Int4 or SqlType.Int8, string text): return long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : throw Invalid(value, type);
            case (SqlType.Int4 or SqlType.Int8, decimal number): return Rounded(number, type);
            case (SqlType.Int4 or SqlType.Int8, double number): return double.IsFinite(number) && Math.Abs(number) < 1e15 ? Rounded((decimal)number, type) : throw Invalid(value, type);
            case (SqlType.Numeric, long or decimal or double): return value;
            case (SqlType.Numeric, string text): return Number(text) ?? throw Invalid(value, type);
            case (SqlType.Float8, double): return value;
            case (SqlType.Float8, long or decimal): return System.Convert.ToDouble(value, CultureInfo.InvariantCulture);
            case (SqlType.Float8, string text): return double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : throw Invalid(value, type);
            case (SqlType.Date, DateTime time): return time.Date;
            case (SqlType.Timestamp, DateTime): return value;
            case (SqlType.Date or SqlType.Timestamp, string text):
                var moment = Time(text) ?? throw new SqlError(SqlStates.InvalidDatetime, $"'{text}' is not a {(type == SqlType.Date ? "date" : "time")}; write it as '2026-01-31' or '2026-01-31 13:00:00'.");
                return type == SqlType.Date ? moment.Date : moment;
            case (SqlType.Interval, IntervalValue): return value;
            case (SqlType.Interval, string text): return IntervalValue.Parse(text);
            default: throw Invalid(value, type);
        }
    }

    /// <summary>As filters of the engine take values.</summary>
    public static string? FilterText(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"A value of type {value.GetType().Name} is no filter value."),
    };

    private static object Rounded(decimal number, SqlType type) =>
        Math.Round(number, MidpointRounding.AwayFromZero) is >= long.MinValue and <= long.MaxValue and var whole ? (long)whole : throw Invalid(number, type);

    private static object? Number(string text)
    {
        var trimmed = text.Trim();
        if (long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return integer;
        if (decimal.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact)) return exact;
        return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;
    }

    private static DateTime? Time(string text)
    {
        var trimmed = text.Trim();
        if (LocalTime.TryParse(trimmed, out var time)) return time;
        // PostgreSQL's own text of a time with a zone: +00, not +00:00.
        return trimmed.Length > 13 && trimmed[^3] is '+' or '-' && LocalTime.TryParse($"{trimmed}:00", out time) ? time : null;
    }

    private static SqlError Invalid(object? value, SqlType type) => new(SqlStates.InvalidText, $"'{value}' is not a value of type {type.DisplayName()}.");
}
