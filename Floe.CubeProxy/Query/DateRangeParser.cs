using System.Globalization;
using System.Text.RegularExpressions;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Query;

/// <summary>
/// Date ranges as text: "last 7 days", "this month", "from 7 days ago to now", "3 days ago", a single date.
/// Text that Cube would hand to a natural-language parser beyond that is refused with Cube's own words.
/// </summary>
internal sealed partial class DateRangeParser(TimeProvider clock)
{
    private static readonly string[] _numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    private static readonly TimeSpan _millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly string[] _namedDates =
        ["yyyy/M/d", "M/d/yyyy", "MMMM yyyy", "MMM yyyy", "MMMM d yyyy", "MMM d yyyy", "MMMM d, yyyy", "MMM d, yyyy", "d MMMM yyyy", "d MMM yyyy"];

    /// <exception cref="CubeApiException">400 "Can't parse date: '…'".</exception>
    public DateRange Parse(string text, TimeZoneInfo zone)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime;
        var words = text.ToLowerInvariant();
        try
        {
            // Cube looks for these anywhere in the text and in this order: "from a week ago to today" is today.
            if (ThisLastNext().Match(words) is { Success: true } simple)
            {
                var unit = simple.Groups[2].Value;
                var start = Add(StartOf(now, unit), unit, simple.Groups[1].Value switch { "last" => -1, "next" => 1, _ => 0 });
                return new DateRange(start, EndOf(start, unit));
            }
            if (LastNextSeveral().Match(words) is { Success: true } several)
            {
                if (!int.TryParse(several.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) throw CannotParse(words);
                var unit = several.Groups[3].Value;
                var here = StartOf(now, unit);
                return several.Groups[1].Value == "last"
                    ? new DateRange(Add(here, unit, -count), EndOf(Add(here, unit, -1), unit))
                    : new DateRange(Add(here, unit, 1), EndOf(Add(here, unit, count), unit));
            }
            if (words.Contains("today")) return DayOf(now);
            if (words.Contains("yesterday")) return DayOf(now.AddDays(-1));
            if (words.Contains("tomorrow")) return DayOf(now.AddDays(1));
            var exact = words.Contains("second") ? "second" : words.Contains("minute") ? "minute" : words.Contains("hour") ? "hour" : "day";
            if (FromTo().Match(words) is { Success: true } between)
            {
                var from = Moment(between.Groups[1].Value, now) ?? throw CannotParse(between.Groups[1].Value.Trim());
                var to = Moment(between.Groups[2].Value, now) ?? throw CannotParse(between.Groups[2].Value.Trim());
                return new DateRange(StartOf(from, exact), EndOf(StartOf(to, exact), exact));
            }
            if (Bounds().Match(words) is { Success: true } bounds && Moment(bounds.Groups[1].Value, now) is { } first && Moment(bounds.Groups[2].Value, now) is { } last)
                return new DateRange(StartOf(first, exact), EndOf(StartOf(last, exact), exact));
            var moment = StartOf(Moment(words, now) ?? throw CannotParse(words), exact);
            return new DateRange(moment, EndOf(moment, exact));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            // "last 99999 years": before the calendar begins.
            throw CannotParse(words);
        }
    }

    public static CubeApiException CannotParse(string text) => CubeApiException.BadRequest($"Can't parse date: '{text}'", "invalid_date");

    private static DateRange DayOf(DateTime time) => new(time.Date, EndOf(time.Date, "day"));

    private static DateTime? Moment(string words, DateTime now)
    {
        words = Ordinal().Replace(Spaces().Replace(words.Trim(), " "), "$1");
        if (words == "now") return now;
        if ((Ago().Match(words) is { Success: true } ago ? ago : In().Match(words)) is { Success: true } distance && Count(distance.Groups["n"].Value) is { } count)
            return Add(now, distance.Groups["unit"].Value, distance.Groups["direction"].Value is "ago" or "past" ? -count : count);
        if (Weekday().Match(words) is { Success: true } weekday) return DayOfWeek(weekday.Groups["which"].Value, Enum.Parse<DayOfWeek>(weekday.Groups["day"].Value, ignoreCase: true), now);
        if (words is [_, _, _, _, '-', _, _, '-', _, _, ..] && LocalTime.TryParse(words.ToUpperInvariant(), out var time)) return time;
        if (TryNamed(words, out time)) return time;
        // Without a year, the nearest.
        DateTime? nearest = null;
        for (var year = now.Year - 1; year <= now.Year + 1; year++)
        {
            if (TryNamed(string.Create(CultureInfo.InvariantCulture, $"{words} {year}"), out time) && (nearest is not { } other || (time - now).Duration() < (other - now).Duration())) nearest = time;
        }
        return nearest;
    }

    private static bool TryNamed(string words, out DateTime time) => DateTime.TryParseExact(words, _namedDates, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static int? Count(string words) =>
        words is "" or "a" or "an" ? 1
        : Array.IndexOf(_numbers, words) is > 0 and var word ? word
        : int.TryParse(words, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTime DayOfWeek(string which, DayOfWeek day, DateTime now)
    {
        var ahead = ((int)day - (int)now.DayOfWeek + 7) % 7;
        return which switch
        {
            "last" or "past" => now.Date.AddDays(ahead - 7),
            "this" => now.Date.AddDays(ahead),
            "next" => StartOf(now, "week").AddDays(7 + (((int)day + 6) % 7)),
            // The nearest.
            _ => now.Date.AddDays(ahead > 3 ? ahead - 7 : ahead),
        };
    }

    private static DateTime StartOf(DateTime time, string unit) => Granularities.StartOf(time, unit);

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

    private const string UnitNames = "second|minute|hour|day|week|month|quarter|year";
    private const string Units = "(" + UnitNames + ")";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(this|last|next)\s+" + Units)]
    private static partial Regex ThisLastNext();

    [GeneratedRegex(@"(last|next)\s+(\d+)\s+" + Units)]
    private static partial Regex LastNextSeveral();

    [GeneratedRegex("^from (.{0,50}) to (.{0,50})$")]
    private static partial Regex FromTo();

    [GeneratedRegex(@"^(?<n>\d+|[a-z]{1,6}) (?<unit>" + UnitNames + ")s? (?<direction>ago|from now|later)$")]
    private static partial Regex Ago();

    [GeneratedRegex(@"^(?<direction>in|past)(?: (?<n>\d+|[a-z]{1,6}))? (?<unit>" + UnitNames + ")s?$")]
    private static partial Regex In();

    [GeneratedRegex("^((?<which>on|this|last|past|next) )?(?<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)$")]
    private static partial Regex Weekday();

    [GeneratedRegex("^(.{1,50}?) (?:to|-) (.{1,50})$")]
    private static partial Regex Bounds();

    [GeneratedRegex(@"\b(\d{1,2})(st|nd|rd|th)\b")]
    private static partial Regex Ordinal();
}
