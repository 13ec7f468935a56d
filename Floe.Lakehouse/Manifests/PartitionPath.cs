using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Partitions as people read them, for folders and summaries: <c>region=EMEA/at_day=2024-05-06</c>. Never read back: the values are in the manifests.</summary>
internal static class PartitionPath
{
    // A folder's name may have 255 bytes on most file systems.
    private const int LongestValue = 150;

    /// <summary>The path, without slashes at its ends; empty for a partition without fields.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="types">Result types of its fields.</param>
    /// <param name="values">Values of the fields.</param>
    public static string Of(PartitionSpec spec, IReadOnlyList<PrimitiveType> types, IReadOnlyList<object?> values) =>
        string.Join('/', spec.Fields.Select((f, i) => $"{Escape(f.Name)}={Escape(Text(f.Transform, types[i], values[i]))}"));

    private static string Text(Transform transform, PrimitiveType type, object? value) => (transform.Kind, type.Kind, value) switch
    {
        (_, _, null) => "null",
        (TransformKind.Year, _, int years) => Text($"{1970 + years:D4}"),
        (TransformKind.Month, _, int months) => Text($"{1970 + (int)Math.Floor(months / 12.0):D4}-{(((months % 12) + 12) % 12) + 1:D2}"),
        (TransformKind.Hour, _, int hours) => $"{Day((int)Math.Floor(hours / 24.0))}-{Text($"{((hours % 24) + 24) % 24:D2}")}",
        (_, PrimitiveKind.Date, int days) => Day(days),
        (_, PrimitiveKind.Time, long micros) => Text($"{new TimeOnly(micros * TimeSpan.TicksPerMicrosecond):HH:mm:ss.FFFFFF}"),
        (_, PrimitiveKind.Timestamp, long micros) => Moment(micros),
        (_, PrimitiveKind.TimestampTz, long micros) => $"{Moment(micros)}+00:00",
        (_, PrimitiveKind.Decimal, BigInteger unscaled) => Decimal(unscaled, type.Scale),
        (_, _, bool b) => b ? "true" : "false",
        (_, _, byte[] bytes) => Convert.ToBase64String(bytes),
        (_, _, IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture),
        (_, _, var other) => other.ToString()!,
    };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    // The calendar of .NET begins in year 1.
    private static string Day(int days) => days is >= -719_162 and <= 2_932_896 ? Text($"{DateOnly.FromDayNumber(719_162 + days):yyyy-MM-dd}") : Text($"day {days}");

    private static string Moment(long micros) => micros / 86_400_000_000 is >= -719_162 and <= 2_932_896
        ? Text($"{DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond):yyyy-MM-ddTHH:mm:ss.FFFFFF}")
        : Text($"{micros} us");

    private static string Decimal(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(unscaled.Sign < 0 ? "-" : "")}{digits[..^scale]}{(scale == 0 ? "" : ".")}{digits[^scale..]}";
    }

    private static string Escape(string text)
    {
        var escaped = Uri.EscapeDataString(text);
        return escaped.Length <= LongestValue
            ? escaped
            : $"{Uri.EscapeDataString(Shortened(text))}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}";
    }

    private static string Shortened(string text)
    {
        // The longest code point escapes to twelve characters.
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take((LongestValue - 20) / 12))
            kept.Append(rune);
        return kept.ToString();
    }
}
