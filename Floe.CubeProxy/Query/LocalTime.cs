using System.Globalization;

namespace Floe.CubeProxy.Query;

/// <summary>Times without a zone, as the API writes and reads them.</summary>
internal static class LocalTime
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.fff";

    private static readonly string[] _patterns =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd'T'HH", "yyyy-MM-dd HH", "yyyyMMdd", "yyyyMMdd'T'HHmmss", "yyyy-MM", "yyyy",
    ];

    public static string Format(DateTime time) => time.ToString(Pattern, CultureInfo.InvariantCulture);

    public static bool TryParseDate(string text, out DateTime date) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>Reads a date or a time; an offset or Z is applied, so that the result is UTC written without a zone, as Cube takes it.</summary>
    public static bool TryParse(string text, out DateTime time) => TryParse(text, out time, out _);

    /// <param name="isUtc">The text says its offset.</param>
    public static bool TryParse(string text, out DateTime time, out bool isUtc)
    {
        isUtc = false;
        if (TryParseDate(text, out time)) return true;
        if (DateTime.TryParseExact(text, _patterns, CultureInfo.InvariantCulture, DateTimeStyles.None, out time)) return true;
        if (text.Length > 10 && text[10] is 'T' or ' '
            && DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var zoned))
        {
            time = zoned.UtcDateTime;
            time = DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
            isUtc = true;
            return true;
        }
        return false;
    }

    /// <summary>The UTC time of a local one. Of two possible ones (clocks set back) the earlier; one that never was (clocks set forward) moves forward.</summary>
    public static DateTime ToUtc(DateTime local, TimeZoneInfo zone)
    {
        if (zone == TimeZoneInfo.Utc) return local;
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1))
            : zone.GetUtcOffset(local);
        var ticks = local.Ticks - offset.Ticks;
        return new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified);
    }
}
