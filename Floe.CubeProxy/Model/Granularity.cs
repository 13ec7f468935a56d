using System.Globalization;
using System.Text.RegularExpressions;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Model;

/// <summary>A granularity of the model's own: periods of any length, counted from an origin or moved by an offset.</summary>
public sealed partial class Granularity
{
    // Start of a year and a Monday: from here calendar periods are those that everybody knows.
    private static readonly DateTime _calendar = new(2001, 1, 1);

    // Later days are not in every month.
    private const int LastDayOfAnyMonth = 28;

    private Granularity(string name, string title, string interval, string? origin, string? offset, DateTime start, string unit)
    {
        Name = name;
        Title = title;
        Interval = interval;
        Origin = origin;
        Offset = offset;
        Start = start;
        Unit = unit;
    }

    public string Name { get; }

    public string Title { get; }

    /// <summary>As written: <c>2 weeks</c>, <c>1 year 6 months</c>.</summary>
    public string Interval { get; }

    /// <summary>As written; null: periods of the calendar, moved by <see cref="Offset"/>.</summary>
    public string? Origin { get; }

    /// <summary>As written; null: not moved.</summary>
    public string? Offset { get; }

    /// <summary>The start of one of the periods, local to the query's time zone; without the offset.</summary>
    public DateTime Start { get; }

    /// <summary>The finest unit of the interval.</summary>
    public string Unit { get; }

    public double ShortestSeconds => Units(Interval).Sum(unit => (double)unit.Count * Granularities.ShortestSeconds(unit.Unit));

    /// <summary>That of the finest unit by which it starts or ends; 0 is the finest.</summary>
    public int Coarseness => Units($"{Interval} {Offset}").Select(unit => Granularities.Coarseness(unit.Unit)).Append(Granularities.Coarseness(Granularities.FinestOf(Start))).Min();

    /// <summary>True when every period starts where one of <paramref name="part"/> starts.</summary>
    public bool IsMadeOf(string part) =>
        Granularities.Coarseness(part) <= Granularities.Coarseness(Unit) && part is not ("week" or "quarter" or "year")
        && (part != "month" || Unit is not "week")
        && Granularities.StartOf(Start, part) == Start
        && (Offset is null || Units(Offset).All(unit => Granularities.Coarseness(part) <= Granularities.Coarseness(unit.Unit) && !(part == "month" && unit.Unit == "week")));

    /// <exception cref="ModelException">The granularity cannot be used; the message says why.</exception>
    internal static Granularity Read(YamlSection section, string dimension)
    {
        var name = CubeReader.ReadName(section, $"a granularity of '{dimension}'");
        if (Granularities.IsKnown(name.ToLowerInvariant()))
            throw new ModelException(section.Place, $"A granularity of '{dimension}' has the name of a predefined one, '{name}', and would never be used; give it another.");
        section.Refuse("sql");
        var title = section.Text("title") ?? Titles.Of(name);
        var intervalPlace = section.PlaceOfKey("interval");
        var interval = section.RequiredText("interval");
        if (!IntervalForm().IsMatch(interval)) throw new ModelException(intervalPlace, $"The interval '{interval}' of granularity '{dimension}.{name}' must be such as '2 weeks' or '1 year 6 months'.");
        var units = Units(interval);
        if (units.Any(unit => unit.Count == 0 || unit.Count > 100_000)) throw new ModelException(intervalPlace, $"The interval '{interval}' of granularity '{dimension}.{name}' must have counts from 1 to 100000.");
        var ofMonths = units.All(unit => IsOfMonths(unit.Unit));
        if (!ofMonths && units.Any(unit => IsOfMonths(unit.Unit)))
            throw new ModelException(intervalPlace, $"The interval '{interval}' of granularity '{dimension}.{name}' mixes months with days, which Floe's engine does not support; use one or the other.");
        var (originPlace, offsetPlace) = (section.PlaceOfKey("origin"), section.PlaceOfKey("offset"));
        var (origin, offset) = (section.Text("origin"), section.Text("offset"));
        section.Finish();
        if (origin is not null && offset is not null) throw new ModelException(offsetPlace, $"Granularity '{dimension}.{name}' has both origin and offset; keep one.");
        var start = _calendar;
        if (origin is not null)
        {
            if (!DateTime.TryParseExact(origin, _originForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out start))
                throw new ModelException(originPlace, $"The origin '{origin}' of granularity '{dimension}.{name}' must be YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DD HH:mm:ss, without a time zone: it is local to the query's.");
            if (ofMonths && start.Day > LastDayOfAnyMonth)
                throw new ModelException(originPlace, $"The origin '{origin}' of granularity '{dimension}.{name}' is a day that not every month has; use one up to the 28th.");
        }
        else if (!FitsTheCalendar(units))
        {
            throw new ModelException(intervalPlace, $"Periods of '{interval}' (granularity '{dimension}.{name}') do not start where the years do; give an origin.");
        }
        if (offset is not null && !OffsetForm().IsMatch(offset)) throw new ModelException(offsetPlace, $"The offset '{offset}' of granularity '{dimension}.{name}' must be such as '1 month' or '-3 days'.");
        return new Granularity(name, title, interval, origin, offset, start, units.Select(unit => unit.Unit).MinBy(Granularities.Coarseness)!);
    }

    // In Cube "2 years" without an origin would begin anew with every year.
    private static bool FitsTheCalendar(IReadOnlyList<(long Count, string Unit)> units) => units is [var (count, unit)] && unit switch
    {
        "month" => 12 % count == 0,
        "quarter" => 4 % count == 0,
        "hour" => 24 % count == 0,
        "minute" or "second" => 60 % count == 0,
        _ => count == 1,
    };

    private static bool IsOfMonths(string unit) => unit is "month" or "quarter" or "year";

    private static List<(long Count, string Unit)> Units(string interval) =>
        [.. Part().Matches(interval).Select(match => (long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value))];

    private static readonly string[] _originForms =
        ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-ddTHH:mm:ss.fff"];

    private const string UnitPattern = "(second|minute|hour|day|week|month|quarter|year)s?";

    [GeneratedRegex(@"(-?\d{1,9})\s+" + UnitPattern)]
    private static partial Regex Part();

    [GeneratedRegex(@"^\d{1,9}\s+" + UnitPattern + @"(\s\d{1,9}\s+" + UnitPattern + @"){0,7}\z")]
    private static partial Regex IntervalForm();

    [GeneratedRegex(@"^-?\d{1,9}\s+" + UnitPattern + @"(\s-?\d{1,9}\s+" + UnitPattern + @"){0,7}\z")]
    private static partial Regex OffsetForm();
}
