using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Binary single-value serialisation (specification, appendix D), as bounds are stored, and the rules for bounds.
/// Values are held as <see cref="PrimitiveType"/> says.</summary>
public static class SingleValue
{
    /// <summary>Code points of a string bound, bytes of a binary one; longer ones are truncated.</summary>
    public const int BoundLength = 16;

    /// <summary>The bytes of a value.</summary>
    public static byte[] Serialize(PrimitiveType type, object value)
    {
        switch (type.Kind, value)
        {
            case (PrimitiveKind.Boolean, bool b):
                return [b ? (byte)1 : (byte)0];
            case (PrimitiveKind.Int or PrimitiveKind.Date, int i):
                var four = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(four, i);
                return four;
            case (PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, long l):
                var eight = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(eight, l);
                return eight;
            case (PrimitiveKind.Float, float f):
                var single = new byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(single, f);
                return single;
            case (PrimitiveKind.Double, double d):
                var dbl = new byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(dbl, d);
                return dbl;
            case (PrimitiveKind.Decimal, BigInteger unscaled):
                return unscaled.ToByteArray(isBigEndian: true);
            case (PrimitiveKind.String, string s):
                return Encoding.UTF8.GetBytes(s);
            case (PrimitiveKind.Uuid, Guid g):
                return g.ToByteArray(bigEndian: true);
            case (PrimitiveKind.Fixed or PrimitiveKind.Binary, byte[] bytes):
                return bytes;
            default:
                throw new ValidationException($"A {value.GetType().Name} is not a value of the type {type}.");
        }
    }

    /// <summary>The value of the bytes. An int where the type is long, and a float where it is double, is widened: the column was
    /// promoted after the bound was written.</summary>
    /// <exception cref="FormatException">The length does not fit the type.</exception>
    public static object Deserialize(PrimitiveType type, ReadOnlySpan<byte> bytes) =>
        TryDeserialize(type, bytes, out var value) ? value : throw new FormatException($"{bytes.Length} bytes are not a value of the type {type}.");

    /// <summary>As <see cref="Deserialize"/>; false when the bytes are not a value of the type: a wrong length, or text that is not UTF-8.</summary>
    public static bool TryDeserialize(PrimitiveType type, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out object? value)
    {
        value = (type.Kind, bytes.Length) switch
        {
            (PrimitiveKind.Boolean, 1) => bytes[0] != 0,
            (PrimitiveKind.Int or PrimitiveKind.Date, 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            (PrimitiveKind.Long, 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (PrimitiveKind.Float, 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            (PrimitiveKind.Double, 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            (PrimitiveKind.Double, 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            (PrimitiveKind.Decimal, > 0) => new BigInteger(bytes, isBigEndian: true),
            (PrimitiveKind.String, _) when Utf8.IsValid(bytes) => Encoding.UTF8.GetString(bytes),
            (PrimitiveKind.Uuid, 16) => new Guid(bytes, bigEndian: true),
            (PrimitiveKind.Fixed or PrimitiveKind.Binary, _) => bytes.ToArray(),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>Orders two values of a type: numbers by size, strings by UTF-8 bytes (which is the order of code points), binary by unsigned bytes.</summary>
    public static int Compare(object a, object b) => (a, b) switch
    {
        (string x, string y) => CompareCodePoints(x, y),
        (byte[] x, byte[] y) => x.AsSpan().SequenceCompareTo(y),
        (int x, int y) => x.CompareTo(y),
        (long x, long y) => x.CompareTo(y),

        // A column was promoted between the times that the two were written.
        (int x, long y) => ((long)x).CompareTo(y),
        (long x, int y) => x.CompareTo(y),
        (float x, double y) => ((double)x).CompareTo(y),
        (double x, float y) => x.CompareTo(y),
        (Guid x, Guid y) => x.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(y.ToByteArray(bigEndian: true)),
        _ => Comparer<object>.Default.Compare(a, b),
    };

    /// <summary>The lower bound of a column, or null when it has none: columns of uuid are left out, because a reader that is
    /// widely used (ClickHouse 26.7) prunes wrongly by them, and they prune nothing for random ids.</summary>
    public static byte[]? LowerBound(PrimitiveType type, object value) => value switch
    {
        Guid => null,
        string s => Encoding.UTF8.GetBytes(Truncate(s)),
        byte[] b => b.Length <= BoundLength ? b : b[..BoundLength],
        float.NaN or double.NaN => null,
        0f => Serialize(type, -0f),
        0d => Serialize(type, -0d),
        _ => Serialize(type, value),
    };

    /// <summary>The upper bound of a column, or null when it has none. A truncated string is incremented so that it stays an upper bound.</summary>
    public static byte[]? UpperBound(PrimitiveType type, object value) => value switch
    {
        Guid => null,
        string s => Truncate(s) is var prefix && prefix.Length == s.Length ? Encoding.UTF8.GetBytes(s) : Increment(prefix) is { } upper ? Encoding.UTF8.GetBytes(upper) : null,
        byte[] b => b.Length <= BoundLength ? b : Increment(b[..BoundLength]),
        float.NaN or double.NaN => null,
        0f => Serialize(type, 0f),
        0d => Serialize(type, 0d),
        _ => Serialize(type, value),
    };

    /// <summary>The value of a text as DuckDB prints it in the statistics of COPY; null when it is not a finite value of the type, or the type has no bounds.</summary>
    public static object? FromDuckDbText(PrimitiveType type, string text)
    {
        const NumberStyles Integer = NumberStyles.AllowLeadingSign;
        var invariant = CultureInfo.InvariantCulture;
        switch (type.Kind)
        {
            case PrimitiveKind.Boolean:
                return text switch { "1" or "true" => true, "0" or "false" => false, _ => null };
            case PrimitiveKind.Int:
                return int.TryParse(text, Integer, invariant, out var i) ? i : null;
            case PrimitiveKind.Long:
                return long.TryParse(text, Integer, invariant, out var l) ? l : null;
            case PrimitiveKind.Float:
                return float.TryParse(text, NumberStyles.Float, invariant, out var f) && float.IsFinite(f) ? f : null;
            case PrimitiveKind.Double:
                return double.TryParse(text, NumberStyles.Float, invariant, out var d) && double.IsFinite(d) ? d : null;
            case PrimitiveKind.Decimal:
                return Unscaled(text, type.Scale);
            case PrimitiveKind.Date:
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None, out var date) ? date.DayNumber - 719162 : null;
            case PrimitiveKind.Time:
                return TimeOnly.TryParseExact(text, "HH:mm:ss.FFFFFF", invariant, DateTimeStyles.None, out var time) ? time.Ticks / TimeSpan.TicksPerMicrosecond : null;
            case PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz:
                // The statistics print UTC with +00 for both.
                var zone = text.IndexOf('+');
                return DateTime.TryParseExact(zone < 0 ? text : text[..zone], "yyyy-MM-dd HH:mm:ss.FFFFFF", invariant, DateTimeStyles.None, out var at) && (zone < 0 || text[zone..] is "+00" or "+00:00")
                    ? (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
                    : null;
            case PrimitiveKind.String:
                return text;
            case PrimitiveKind.Uuid:
                return Guid.TryParse(text, out var guid) ? guid : null;
            default:
                return null;
        }
    }

    private static object? Unscaled(string text, int scale)
    {
        var dot = text.IndexOf('.');
        var digits = dot < 0 ? text : text.Remove(dot, 1);
        var decimals = dot < 0 ? 0 : text.Length - dot - 1;
        if (decimals > scale || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return null;
        return value * BigInteger.Pow(10, scale - decimals);
    }

    private static string Truncate(string s)
    {
        // 16 code points are at most 32 chars and at least 16.
        if (s.Length <= BoundLength)
            return s;
        var end = 0;
        for (var n = 0; n < BoundLength && end < s.Length; n++)
            end += char.IsSurrogatePair(s, end) ? 2 : 1;
        return s[..end];
    }

    private static string? Increment(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToArray();
        for (var i = runes.Length - 1; i >= 0; i--)
        {
            // The code point after U+D7FF that is a character is U+E000: between them are surrogates.
            var next = runes[i].Value == 0xD7FF ? 0xE000 : runes[i].Value + 1;
            if (next <= 0x10FFFF)
                return string.Concat(runes[..i].Select(r => r.ToString())) + new Rune(next);
        }

        return null;
    }

    private static byte[]? Increment(byte[] prefix)
    {
        for (var i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] < 0xFF)
                return [.. prefix[..i], (byte)(prefix[i] + 1)];
        }

        return null;
    }

    private static int CompareCodePoints(string x, string y)
    {
        var n = Math.Min(x.Length, y.Length);
        for (var i = 0; i < n; i++)
        {
            if (x[i] == y[i])
                continue;

            // UTF-16 order differs from code point order only where a surrogate meets a char above the surrogates.
            var (sx, sy) = (char.IsSurrogate(x[i]), char.IsSurrogate(y[i]));
            return sx == sy ? x[i].CompareTo(y[i]) : sx ? 1 : -1;
        }

        return x.Length.CompareTo(y.Length);
    }
}
