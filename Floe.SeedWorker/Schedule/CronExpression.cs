using System.Globalization;

namespace Floe.SeedWorker.Schedule;

/// <summary>
/// A time table in cron's five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), each <c>*</c>, a number, a range, a
/// list or any of them with a step. When both days are restricted, either is enough, as in cron(8).
/// </summary>
public sealed class CronExpression
{
    // Every day of the calendar comes within eight years: 29 February may be left out once a century.
    private static readonly TimeSpan s_horizon = TimeSpan.FromDays(8 * 366);
    private static readonly (string Name, int Least, int Most)[] s_fields = [("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7)];

    private readonly ulong[] _bits;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;
    private readonly bool _anyHour;

    private CronExpression(ulong[] bits, string[] fields)
    {
        _bits = bits;
        (_anyHour, _anyDay, _anyWeekday) = (fields[1].StartsWith('*'), fields[2].StartsWith('*'), fields[4].StartsWith('*'));
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It breaks a rule: the field and the rule are named.</exception>
    public static CronExpression Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != s_fields.Length)
            throw new FormatException($"it must have five fields, minute, hour, day of month, month and day of week, and has {fields.Length}; every five minutes is */5 * * * *");
        return new CronExpression([.. fields.Select((field, i) => Bits(field, s_fields[i]))], fields);
    }

    /// <summary>The first whole minute after a moment that the expression names in the time zone; null when there is none.</summary>
    /// <remarks>A time that the clocks skip does not come; one that they show twice comes once, unless every hour is meant.</remarks>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var at = new DateTimeOffset(after.UtcTicks - after.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero).AddMinutes(1);
        for (var end = at + s_horizon; at < end;)
        {
            var local = TimeZoneInfo.ConvertTime(at, zone);
            if (!NamesDay(local))
            {
                // To shortly before midnight: days with a change of clocks are an hour longer or shorter.
                var ahead = TimeSpan.FromHours(22) - local.TimeOfDay;
                at = ahead > TimeSpan.Zero ? at.AddMinutes(Math.Ceiling(ahead.TotalMinutes)) : at.AddMinutes(1);
            }
            else if (Has(1, local.Hour) && Has(0, local.Minute) && !IsRepeated(local, zone))
            {
                return at;
            }
            else
            {
                at = at.AddMinutes(1);
            }
        }

        return null;
    }

    private bool NamesDay(DateTimeOffset local)
    {
        var (day, weekday) = (Has(2, local.Day), Has(4, (int)local.DayOfWeek));
        return Has(3, local.Month) && (_anyDay || _anyWeekday ? day && weekday : day || weekday);
    }

    private bool IsRepeated(DateTimeOffset local, TimeZoneInfo zone) =>
        !_anyHour && zone.IsAmbiguousTime(local.DateTime) && local.Offset == zone.GetAmbiguousTimeOffsets(local.DateTime).Min();

    private bool Has(int field, int value) => (_bits[field] >> value & 1) != 0;

    private static ulong Bits(string field, (string Name, int Least, int Most) rule)
    {
        var bits = 0UL;
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var all] => (all, 1),
                [var some, var every] when Number(every, out var n) && n >= 1 => (some, n),
                _ => throw Broken(),
            };
            var (first, last) = range.Split('-') switch
            {
                ["*"] => (rule.Least, rule.Most),
                [var one] when Number(one, out var n) => (n, part.Contains('/', StringComparison.Ordinal) ? rule.Most : n),
                [var from, var to] when Number(from, out var n) && Number(to, out var m) => (n, m),
                _ => throw Broken(),
            };
            if (first < rule.Least || last > rule.Most || first > last)
                throw Broken();
            for (var value = first; value <= last; value += step)
                bits |= 1UL << (rule.Name == "day of week" ? value % 7 : value);
        }

        return bits;

        FormatException Broken() => new($"its {rule.Name} '{field}' must be * or numbers from {rule.Least} to {rule.Most}, as lists (1,2), ranges (1-5) and steps (*/5)");
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
