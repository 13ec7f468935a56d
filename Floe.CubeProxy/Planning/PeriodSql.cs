using System.Globalization;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>Periods of a time dimension's granularity as SQL. What is written comes from the model or is one of the predefined names.</summary>
internal static class PeriodSql
{
    private const int MostPeriods = 50_000;

    /// <summary>The start of the period in which the local time <paramref name="time"/> lies.</summary>
    public static string StartOf(ResolvedTime of, string time)
    {
        if (of.Custom is not { } custom) return $"date_trunc('{of.Granularity}', {time})";
        // DuckDB counts months from the first of one: what the origin has beyond that is taken off and given back.
        var first = IsOfMonths(custom) ? Granularities.StartOf(custom.Start, "month") : custom.Start;
        var shifts = new List<string>();
        if (custom.Start > first) shifts.Add(string.Create(CultureInfo.InvariantCulture, $"INTERVAL '{(custom.Start - first).Ticks / TimeSpan.TicksPerMillisecond} milliseconds'"));
        if (custom.Offset is { } offset) shifts.Add($"INTERVAL '{offset}'");
        return $"(time_bucket(INTERVAL '{custom.Interval}', {time}{string.Concat(shifts.Select(shift => $" - {shift}"))}, TIMESTAMP '{first:yyyy-MM-dd HH:mm:ss.fff}'){string.Concat(shifts.Select(shift => $" + {shift}"))})";
    }

    /// <exception cref="CubeApiException">400: the range has more periods than anybody looks at.</exception>
    public static void RefuseTooMany(ResolvedTime of, DateRange range)
    {
        var count = (range.To - range.From).TotalSeconds / (of.Custom?.ShortestSeconds ?? Granularities.ShortestSeconds(of.Granularity!));
        if (count > MostPeriods) throw CubeApiException.User($"The range of '{of.Dimension.FullName}' has more than {MostPeriods} periods of granularity '{of.Granularity}'; ask for a shorter range or a coarser granularity.", "too_many_periods");
    }

    /// <summary>How long a period is.</summary>
    public static string Interval(ResolvedTime of) => $"INTERVAL '{of.Custom?.Interval ?? $"1 {of.Granularity}"}'";

    private static bool IsOfMonths(Granularity granularity) => granularity.Unit is "month" or "quarter" or "year";
}
