namespace DuckDB.NET.Data.Vectors;

/// <summary>DuckDB counts from 1970-01-01 in days, seconds, milli-, micro- or nanoseconds; .NET in ticks of 100 ns from 0001-01-01.</summary>
internal static class DuckDBEpoch
{
    /// <summary>The two infinities of DATE and of the timestamps are the extremes of their integers.</summary>
    private const long InfinityMicros = long.MaxValue;

    private const int InfinityDays = int.MaxValue;

    private static readonly int epochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static DateOnly ToDate(int days)
    {
        if (days is InfinityDays or (-InfinityDays))
            throw Infinite("DATE", days > 0);
        return DateOnly.FromDayNumber(checked(days + epochDay));
    }

    public static int FromDate(DateOnly value) => value.DayNumber - epochDay;

    public static DateTime ToDateTime(long units, long ticksPerUnit, long unitsPerTick)
    {
        if (units is InfinityMicros or (-InfinityMicros))
            throw Infinite("TIMESTAMP", units > 0);
        var ticks = unitsPerTick > 1 ? Math.DivRem(units, unitsPerTick).Quotient : checked(units * ticksPerUnit);
        return new DateTime(checked(DateTime.UnixEpoch.Ticks + ticks), DateTimeKind.Unspecified);
    }

    /// <summary>Microseconds since 1970, rounded down, whatever the Kind.</summary>
    public static long FromDateTime(DateTime value) => FloorDivide(value.Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);

    public static long FromDateTimeOffset(DateTimeOffset value) => FromDateTime(value.UtcDateTime);

    public static long FloorDivide(long value, long divisor)
    {
        var (quotient, remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    private static InvalidOperationException Infinite(string type, bool positive) =>
        new($"The {type} value is {(positive ? "" : "-")}infinity, which no .NET type can hold; read it as text (cast to varchar) or filter it by isfinite().");
}
