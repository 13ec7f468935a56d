using System.Globalization;
using Floe.SeedWorker.Jobs;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Schedule;

/// <summary>Settings <c>Schedule:*</c>: what the worker does by itself, and when.</summary>
public sealed class ScheduleOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Schedule";

    /// <summary>When <c>generate_orders</c> runs, five cron fields, or six with seconds first; empty: never.</summary>
    public string Cron { get; set; } = "*/5 * * * *";

    /// <summary>When <c>maintain</c> runs, likewise.</summary>
    public string MaintainCron { get; set; } = "17 * * * *";

    /// <summary>The time zone of both, an IANA name.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Orders of each batch, as the job <c>generate_orders</c> takes them.</summary>
    public int Orders { get; set; } = GenerateJob.DefaultOrders;

    /// <summary>What becomes of times that passed while no worker was there.</summary>
    public Misfire Misfire { get; set; }

    /// <summary>Seconds between looks at the raw tables; empty ones are seeded.</summary>
    public int SensorSeconds { get; set; } = 30;

    /// <summary>The time zone.</summary>
    internal TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (Broken(() => Zone) is not null)
            yield return $"{nameof(TimeZone)} is '{TimeZone}'; it must be the name of a time zone, for example UTC or Europe/Berlin.";
        foreach (var (name, cron) in new[] { (nameof(Cron), Cron), (nameof(MaintainCron), MaintainCron) })
        {
            if (cron.Length > 0 && Broken(() => TimeTable.Read(cron, TimeZoneInfo.Utc)) is { } rule)
                yield return $"{name} is '{cron}'; {rule}.";
        }

        if (Orders is < GenerateJob.LeastOrders or > GenerateJob.MostOrders)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Orders)} is {Orders}; it must be {GenerateJob.LeastOrders} to {GenerateJob.MostOrders}.");
        if (SensorSeconds is < 1 or > 3_600)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(SensorSeconds)} is {SensorSeconds}; it must be 1 to 3600.");
    }

    private static string? Broken(Func<object> read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is FormatException or TimeZoneNotFoundException or InvalidTimeZoneException or ArgumentException)
        {
            return e.Message;
        }
    }
}
