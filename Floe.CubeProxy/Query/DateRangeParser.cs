using System.Globalization;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Query;

/// <summary>
/// Date ranges as text: "last 7 days", "this month", "from 7 days ago to now", a single date.
/// Text that Cube would hand to a natural-language parser beyond that is refused with Cube's own words.
/// </summary>
internal sealed partial class DateRangeParser(TimeProvider clock)
{
    private static readonly TimeSpan _millisecond = TimeSpan.FromMilliseconds(1);

    /// <exception cref="CubeApiException">400 "Can't parse date: '…'".</exception>
    public DateRange Parse(string text, TimeZoneInfo zone)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime;
        var words = Spaces().Replace(text.Trim().ToLowerInvariant(), " ");
        try
        {
            if (ThisLastNext().Match(words) is { Success: true } simple)
            {
                var unit = simple.Groups[2].Value;
                var start = Add(StartOf(now, unit), unit, simple.Groups[1].Value switch { "last" => -1, "next" => 1, _ => 0 });
                return new DateRange(start, EndOf(start, unit));
            }
            if (LastNextSeveral().Match(words) is { Success: true } several
                && int.TryParse(several.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                var unit = several.Groups[3].Value;
                var here = StartOf(now, unit);
                return several.Groups[1].Value == "last"
                    ? new DateRange(Add(here, unit, -count), EndOf(Add(here, unit, -1), unit))
                    : new DateRange(Add(here, unit, 1), EndOf(Add(here, unit, count), unit));
            }
            var exact = words.Contains("second") ? "second" : words.Contains("minute") ? "minute" : words.Contains("hour") ? "hour" : "day";
            if (FromTo().Match(words) is { Success: true } between)
            {
                var from = Moment(between.Groups[1].Value, now) ?? throw CannotParse(between.Groups[1].Value);
                var to = Moment(between.Groups[2].Value, now) ?? throw CannotParse(between.Groups[2].Value);
                return new DateRange(StartOf(from, exact), EndOf(StartOf(to, exact), exact));
            }
            var moment = StartOf(Moment(words, now) ?? throw CannotParse(text), exact);
            return new DateRange(moment, EndOf(moment, exact));
        }
        catch (ArgumentOutOfRangeException)
        {
            // "last 99999 years": before the calendar begins.
            throw CannotParse(text);
        }
    }

    public static CubeApiException CannotParse(string text) => CubeApiException.BadRequest($"Can't parse date: '{text}'", "invalid_date");

    private static DateTime? Moment(string words, DateTime now)
    {
        words = words.Trim();
        switch (words)
        {
            case "now" or "today": return now;
            case "yesterday": return now.AddDays(-1);
            case "tomorrow": return now.AddDays(1);
        }
        if (Ago().Match(words) is { Success: true } ago
            && (ago.Groups[1].Value is "a" or "an" ? 1 : int.TryParse(ago.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1) is >= 0 and var count)
            return Add(now, ago.Groups[2].Value, ago.Groups[3].Value == "ago" ? -count : count);
        return LocalTime.TryParse(words.ToUpperInvariant(), out var time) ? time : null;
    }

    private static DateTime StartOf(DateTime time, string unit) => unit switch
    {
        "second" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond)),
        "minute" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute)),
        "hour" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerHour)),
        "day" => time.Date,
        "week" => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)),
        "month" => new DateTime(time.Year, time.Month, 1),
        "quarter" => new DateTime(time.Year, ((time.Month - 1) / 3 * 3) + 1, 1),
        _ => new DateTime(time.Year, 1, 1),
    };

    private static DateTime EndOf(DateTime start, string unit) => Add(start, unit, 1) - _millisecond;

    private static DateTime Add(DateTime time, string unit, int count) => unit switch
    {
        "second" => time.AddSeconds(count),
        "minute" => time.AddMinutes(count),
        "hour" => time.AddHours(count),
        "day" => time.AddDays(count),
        "week" => time.AddDays(7.0 * count),
        "month" => time.AddMonths(count),
        "quarter" => time.AddMonths(checked(3 * count)),
        _ => time.AddYears(count),
    };

    private const string Units = "(second|minute|hour|day|week|month|quarter|year)";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^(this|last|next) " + Units + "$")]
    private static partial Regex ThisLastNext();

    [GeneratedRegex(@"^(last|next) (\d+) " + Units + "s?$")]
    private static partial Regex LastNextSeveral();

    [GeneratedRegex("^from (.+) to (.+)$")]
    private static partial Regex FromTo();

    [GeneratedRegex(@"^(\d+|an?) " + Units + "s? (ago|from now|later)$")]
    private static partial Regex Ago();
}
