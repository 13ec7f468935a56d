namespace Floe.SeedWorker.Generation;

/// <summary>Instants as whole microseconds since 1970-01-01 UTC, the unit of Iceberg and DuckDB timestamps.</summary>
public static class Micros
{
    public const long PerSecond = 1_000_000;
    public const long PerMinute = 60 * PerSecond;
    public const long PerHour = 60 * PerMinute;
    public const long PerDay = 24 * PerHour;

    /// <summary>An instant in microseconds; what is below a microsecond is cut off.</summary>
    public static long From(DateTimeOffset instant) => (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The instant as UTC date and time.</summary>
    public static DateTime ToUtc(long micros) => DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>The instant.</summary>
    public static DateTimeOffset ToInstant(long micros) => new(ToUtc(micros));
}
