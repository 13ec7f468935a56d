namespace Floe.CubeProxy.Planning;

/// <summary>The granularities of a time dimension; names are also DuckDB's for <c>date_trunc</c>.</summary>
internal static class Granularities
{
    private static readonly string[] _finestFirst = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

    public static bool IsKnown(string name) => Array.IndexOf(_finestFirst, name) >= 0;

    /// <summary>0 is the finest.</summary>
    public static int Coarseness(string name) => Array.IndexOf(_finestFirst, name);

    /// <summary>True when every period of <paramref name="name"/> is made of whole periods of <paramref name="part"/>.</summary>
    public static bool IsMadeOf(string name, string part) => name == part || (part != "week" && Coarseness(part) < Coarseness(name) && (name != "week" || Coarseness(part) <= Coarseness("day")));

    /// <summary>The start of the period that a time lies in; weeks start on Monday.</summary>
    public static DateTime StartOf(DateTime time, string unit) => unit switch
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

    public static long ShortestSeconds(string unit) => unit switch
    {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        "month" => 28 * 86_400,
        "quarter" => 90 * 86_400,
        _ => 365 * 86_400,
    };

    /// <summary>The coarsest unit that starts at this time.</summary>
    public static string FinestOf(DateTime time) => _finestFirst.Reverse().FirstOrDefault(unit => StartOf(time, unit) == time) ?? "second";

    /// <summary>The granularity itself and the finer ones that it is made of.</summary>
    public static IReadOnlyList<string> FinerThan(string name) =>
        [.. _finestFirst.Reverse().SkipWhile(each => each != name).Where(each => each == name || each != "week")];
}
