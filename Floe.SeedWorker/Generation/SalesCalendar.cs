namespace Floe.SeedWorker.Generation;

/// <summary>How much a shop sells at a moment, relative to other moments: hour of day, weekday, month, promotions, growth. All in UTC.</summary>
public static class SalesCalendar
{
    /// <summary>Orders grow by this share a year.</summary>
    public const double YearlyGrowth = 0.40;

    /// <summary>A day in a promotion sells this many times what it would without.</summary>
    public const double PromotionLift = 1.6;

    // Quiet night, morning peak, lunch dip, evening surge.
    private static readonly double[] s_hours =
    [
        0.18, 0.12, 0.10, 0.10, 0.12, 0.20, 0.35, 0.50, 0.70, 0.88, 1.00, 0.94,
        0.70, 0.68, 0.76, 0.80, 0.82, 0.86, 0.94, 1.00, 1.00, 0.92, 0.60, 0.34,
    ];

    // From Sunday.
    private static readonly double[] s_weekdays = [0.88, 1.00, 0.97, 0.97, 1.00, 0.95, 0.82];

    // From January.
    private static readonly double[] s_months = [0.85, 0.82, 0.90, 0.94, 0.98, 0.97, 0.95, 0.96, 1.00, 1.08, 1.35, 1.50];

    /// <summary>Factor of an hour of the day, peak = 1.</summary>
    public static double HourFactor(int hour) => s_hours[hour];

    /// <summary>Factor of a weekday, best day = 1.</summary>
    public static double WeekdayFactor(DayOfWeek day) => s_weekdays[(int)day];

    /// <summary>Factor of a month, 1 to 12.</summary>
    public static double MonthFactor(int month) => s_months[month - 1];

    /// <summary>The week of Black Friday (24 to 30 November) and the summer sale (1 to 7 July).</summary>
    public static bool IsPromotion(DateTime utc) => (utc.Month, utc.Day) is (11, >= 24) or (7, <= 7);

    /// <summary>Relative sales per time at a moment.</summary>
    public static double Weight(DateTime utc)
    {
        var years = (utc - DateTime.UnixEpoch).TotalDays / 365.25;
        return HourFactor(utc.Hour) * WeekdayFactor(utc.DayOfWeek) * MonthFactor(utc.Month)
            * (IsPromotion(utc) ? PromotionLift : 1) * Math.Pow(1 + YearlyGrowth, years);
    }
}
