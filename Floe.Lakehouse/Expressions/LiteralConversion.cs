using System.Globalization;
using System.Numerics;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Turns the values of filters into a column's type, where nothing is lost.</summary>
internal static class LiteralConversion
{
    private static readonly string[] s_times =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ];

    private static readonly string[] s_zonedTimes =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
    ];

    /// <summary>The value as <see cref="PrimitiveType"/> holds it, or null with what to do instead.</summary>
    public static object? TryConvert(Literal literal, PrimitiveType type, out string remedy)
    {
        remedy = type.Kind switch
        {
            PrimitiveKind.Boolean => "give true or false",
            PrimitiveKind.Int => "give a whole number of 32 bits",
            PrimitiveKind.Long => "give a whole number of 64 bits",
            PrimitiveKind.Float => "give a float; NaN is asked for by IsNaN",
            PrimitiveKind.Double => "give a double; NaN is asked for by IsNaN",
            PrimitiveKind.Decimal => $"give a number of at most {type.Precision - type.Scale} digits before the point and {type.Scale} after it",
            PrimitiveKind.Date => "give a DateOnly, or text like 2024-12-31",
            PrimitiveKind.Time => "give a TimeOnly of whole microseconds",
            PrimitiveKind.Timestamp => "give a DateTime of whole microseconds that is not local, or text like 2024-12-31T23:59:59",
            PrimitiveKind.TimestampTz => "give a DateTimeOffset or UTC DateTime of whole microseconds, or text like 2024-12-31T23:59:59Z",
            PrimitiveKind.String => "give a string of whole Unicode characters",
            PrimitiveKind.Uuid => "give a Guid",
            PrimitiveKind.Fixed => $"give {type.Length} bytes",
            _ => "give bytes",
        };
        if (literal.Type is { } known && known.Kind != type.Kind)
            return null;
        return (type.Kind, literal.Value) switch
        {
            (PrimitiveKind.Boolean, bool b) => b,
            (PrimitiveKind.Int, long l) when l is >= int.MinValue and <= int.MaxValue => (int)l,
            (PrimitiveKind.Int or PrimitiveKind.Date, int i) when literal.Type is not null => i,
            (PrimitiveKind.Long, long l) => l,
            (PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, long l) when literal.Type is not null => l,
            (PrimitiveKind.Float, float f) when !float.IsNaN(f) => f,
            (PrimitiveKind.Float, double d) when (float)d == d => (float)d,
            (PrimitiveKind.Float, long l) when Math.Abs((decimal)l) <= 1 << 24 => (float)l,
            (PrimitiveKind.Double, double d) when !double.IsNaN(d) => d,
            (PrimitiveKind.Double, float f) when !float.IsNaN(f) => (double)f,
            (PrimitiveKind.Double, long l) when Math.Abs((decimal)l) <= 1L << 53 => (double)l,
            (PrimitiveKind.Decimal, decimal d) => Unscaled(d, type),
            (PrimitiveKind.Decimal, long l) => Fitting(l * BigInteger.Pow(10, type.Scale), type),
            (PrimitiveKind.Decimal, BigInteger unscaled) when type.Scale == literal.Type!.Scale => Fitting(unscaled, type),
            (PrimitiveKind.Date, DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
            (PrimitiveKind.Date, string text) when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) =>
                date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
            (PrimitiveKind.Time, TimeOnly time) => Micros(time.Ticks),
            (PrimitiveKind.Timestamp, DateTime { Kind: not DateTimeKind.Local } time) => Micros(time.Ticks - DateTime.UnixEpoch.Ticks),
            (PrimitiveKind.Timestamp, string text) when DateTime.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) =>
                Micros(time.Ticks - DateTime.UnixEpoch.Ticks),
            (PrimitiveKind.TimestampTz, DateTime { Kind: DateTimeKind.Utc } time) => Micros(time.Ticks - DateTime.UnixEpoch.Ticks),
            (PrimitiveKind.TimestampTz, DateTimeOffset time) => Micros(time.UtcTicks - DateTime.UnixEpoch.Ticks),

            // The zone must be written out: without one the machine's own would be taken.
            (PrimitiveKind.TimestampTz, string text) when HasZone(text) && DateTimeOffset.TryParseExact(text, s_zonedTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) =>
                Micros(time.UtcTicks - DateTime.UnixEpoch.Ticks),
            (PrimitiveKind.String, string text) when IsWhole(text) => text,
            (PrimitiveKind.Uuid, Guid guid) => guid,
            (PrimitiveKind.Uuid, string text) when Guid.TryParseExact(text, "D", out var guid) => guid,
            (PrimitiveKind.Fixed, byte[] bytes) when bytes.Length == type.Length => bytes,
            (PrimitiveKind.Binary, byte[] bytes) => bytes,
            _ => null,
        };
    }

    private static object? Micros(long ticks) => ticks % TimeSpan.TicksPerMicrosecond == 0 ? ticks / TimeSpan.TicksPerMicrosecond : null;

    private static object? Unscaled(decimal value, PrimitiveType type)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        var unscaled = bits[3] < 0 ? -magnitude : magnitude;
        if (type.Scale >= value.Scale)
            return Fitting(unscaled * BigInteger.Pow(10, type.Scale - value.Scale), type);
        var (quotient, rest) = BigInteger.DivRem(unscaled, BigInteger.Pow(10, value.Scale - type.Scale));
        return rest.IsZero ? Fitting(quotient, type) : null;
    }

    private static object? Fitting(BigInteger unscaled, PrimitiveType type) => BigInteger.Abs(unscaled) < BigInteger.Pow(10, type.Precision) ? unscaled : null;

    private static bool HasZone(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');

    /// <summary>Whether the text has no lone surrogate, which UTF-8 cannot hold.</summary>
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
