using Quartz;

namespace Floe.SeedWorker.Schedule;

/// <summary>Times by a cron expression: five fields as in a crontab (minute, hour, day of month, month, day of week with 0 and 7 for Sunday), or six
/// with the seconds before them as Quartz writes them (day of week 1 to 7 from Sunday, and one of the two day fields a <c>?</c>).</summary>
internal static class TimeTable
{
    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It breaks a rule; the message says which.</exception>
    public static CronExpression Read(string text, TimeZoneInfo zone)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is not (5 or 6))
            throw new FormatException("it must have five fields (minute, hour, day of month, month, day of week), or six with seconds before them");
        CronExpression cron;
        try
        {
            cron = fields == 5 ? CronExpression.Parse(text, CronFormat.Unix) : CronExpression.Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new FormatException($"it must be a cron expression, for example */5 * * * *: {e.Message.TrimEnd('.')}", e);
        }

        cron = cron.WithTimeZone(zone);
        return cron.GetNextValidTimeAfter(DateTimeOffset.UtcNow) is not null ? cron : throw new FormatException("it must name a time that comes, and no year to come has that day");
    }
}
