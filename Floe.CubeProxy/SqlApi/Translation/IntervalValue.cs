using System.Globalization;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>A span of months, days and microseconds, as PostgreSQL keeps it.</summary>
internal readonly record struct IntervalValue(int Months, int Days, long Microseconds)
{
    private static readonly string[] _units = ["microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"];

    /// <summary>As DuckDB reads it; made of numbers alone.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Months} months {Days} days {Microseconds} microseconds");

    /// <summary>Reads "1 year 2 months", "-7 days", "01:30:00", and "3" with a unit after the literal.</summary>
    public static IntervalValue Parse(string text, string? unitAfter = null)
    {
        var words = text.Trim().ToLowerInvariant().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var value = default(IntervalValue);
        if (words.Length == 0) throw Broken(text);
        try
        {
            for (var i = 0; i < words.Length; i++)
            {
                if (words[i] == "ago" && i == words.Length - 1) return new(-value.Months, -value.Days, -value.Microseconds);
                if (words[i].Contains(':'))
                {
                    var isNegative = words[i][0] == '-';
                    if (!TimeSpan.TryParse(words[i].TrimStart('-', '+'), CultureInfo.InvariantCulture, out var time)) throw Broken(text);
                    value = value.Plus(new(0, 0, (isNegative ? -1 : 1) * (time.Ticks / TimeSpan.TicksPerMicrosecond)));
                    continue;
                }
                var digits = words[i].TakeWhile(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.').Count();
                if (!decimal.TryParse(words[i].AsSpan(0, digits), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) throw Broken(text);
                var unit = digits < words[i].Length ? words[i][digits..] : i + 1 < words.Length && words[i + 1] != "ago" ? words[++i] : unitAfter ?? "second";
                value = value.Plus(Of(number, unit, text));
            }
        }
        catch (OverflowException)
        {
            throw Broken(text);
        }
        return value;
    }

    public DateTime AddTo(DateTime time, int sign)
    {
        try
        {
            return time.AddMonths(sign * Months).AddDays((double)sign * Days).AddTicks(checked(sign * Microseconds * TimeSpan.TicksPerMicrosecond));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new SqlError(SqlStates.InvalidDatetime, "A time with an interval added lies outside the years 1 to 9999.");
        }
    }

    private IntervalValue Plus(IntervalValue other) => checked(new(Months + other.Months, Days + other.Days, Microseconds + other.Microseconds));

    private static IntervalValue Of(decimal number, string unit, string text)
    {
        var name = unit switch
        {
            "s" or "sec" or "secs" => "second",
            "m" or "min" or "mins" => "minute",
            "h" or "hr" or "hrs" => "hour",
            "d" => "day",
            "w" => "week",
            "mon" or "mons" => "month",
            "y" or "yr" or "yrs" => "year",
            _ => unit.TrimEnd('s'),
        };
        if (name == "centurie") name = "century";
        if (!_units.Contains(name)) throw Broken(text);
        var microseconds = name switch { "microsecond" => 1m, "millisecond" => 1_000m, "second" => 1_000_000m, "minute" => 60_000_000m, "hour" => 3_600_000_000m, _ => 0m };
        if (microseconds > 0) return new(0, 0, (long)(number * microseconds));
        if (name is "day" or "week")
        {
            var days = number * (name == "week" ? 7 : 1);
            return new(0, (int)days, (long)((days - decimal.Truncate(days)) * 86_400_000_000m));
        }
        var months = number * name switch { "month" => 1, "quarter" => 3, "year" => 12, "decade" => 120, _ => 1200 };
        return months == decimal.Truncate(months) ? new((int)months, 0, 0) : throw Broken(text);
    }

    private static SqlError Broken(string text) => new(SqlStates.InvalidDatetime, $"'{text}' is not an interval; write it as '7 days' or '1 month'.");
}
