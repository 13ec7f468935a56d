using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Schemas;

/// <summary>Transforms applied to values (specification, "Partition Transforms" and appendix B).</summary>
internal static class TransformValues
{
    public const long MicrosPerHour = 3_600_000_000;
    public const long MicrosPerDay = 24 * MicrosPerHour;

    public static bool CanApply(Transform transform, PrimitiveType source) => transform.Kind switch
    {
        TransformKind.Identity or TransformKind.Void => true,
        TransformKind.Bucket => source.Kind is not (PrimitiveKind.Boolean or PrimitiveKind.Float or PrimitiveKind.Double),
        TransformKind.Truncate => source.Kind is PrimitiveKind.Int or PrimitiveKind.Long or PrimitiveKind.Decimal or PrimitiveKind.String or PrimitiveKind.Binary,
        TransformKind.Year or TransformKind.Month or TransformKind.Day => source.Kind is PrimitiveKind.Date or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz,
        TransformKind.Hour => source.Kind is PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz,
        _ => false,
    };

    public static object? Apply(Transform transform, PrimitiveType source, object? value)
    {
        if (!CanApply(transform, source))
            throw new ValidationException($"The transform {transform} does not exist for {source}.");
        if (value is null)
            return null;
        return transform.Kind switch
        {
            TransformKind.Identity => value,
            TransformKind.Bucket => (Hash(source, value) & int.MaxValue) % transform.Width,
            TransformKind.Truncate => Truncate(transform, source, value),
            TransformKind.Void => null,
            TransformKind.Year => (int)Floor(Months(Days(source, value)), 12),
            TransformKind.Month => Months(Days(source, value)),
            TransformKind.Day => Days(source, value),
            TransformKind.Hour => (int)Floor((long)value, MicrosPerHour),
            _ => throw new InvalidOperationException($"Unknown transform {transform}."),
        };
    }

    /// <summary>Appendix B, "32-bit Hash Requirements".</summary>
    public static int Hash(PrimitiveType type, object value)
    {
        switch (value)
        {
            // An int hashes as the long of the same value, so that a column may be widened.
            case int i:
                return HashLong(i);
            case long l:
                return HashLong(l);
            case string s:
                return Murmur3.Hash(Encoding.UTF8.GetBytes(s));
            default:
                return Murmur3.Hash(SingleValue.Serialize(type, value));
        }

        static int HashLong(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return Murmur3.Hash(bytes);
        }
    }

    public static long Floor(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);

    private static object Truncate(Transform transform, PrimitiveType source, object value)
    {
        var width = transform.Width;
        switch (value)
        {
            case int i:
                var down = Floor(i, width) * width;
                return down >= int.MinValue ? (int)down : throw None();
            case long l:
                var result = (Int128)Floor(l, width) * width;
                return result >= long.MinValue ? (long)result : throw None();
            case BigInteger unscaled:
                var rest = BigInteger.Remainder(unscaled, width);
                return unscaled - (rest.Sign < 0 ? rest + width : rest);
            case string s:
                return CodePoints(s, width);
            case byte[] bytes:
                return bytes.Length <= width ? bytes : bytes[..width];
            default:
                throw new InvalidOperationException($"A {value.GetType().Name} is not a value of the type {source}.");
        }

        ValidationException None() => new($"The value {value} has no {transform}: the next lower multiple of {width} is below every {source}.");
    }

    private static string CodePoints(string text, int count)
    {
        if (text.Length <= count)
            return text;
        var end = 0;
        for (var n = 0; n < count && end < text.Length; n++)
            end += char.IsSurrogatePair(text, end) ? 2 : 1;
        return text[..end];
    }

    private static int Days(PrimitiveType source, object value) =>
        source.Kind == PrimitiveKind.Date ? (int)value : (int)Floor((long)value, MicrosPerDay);

    /// <summary>Months since 1970 of a day; also where the calendar of .NET, which begins in year 1, does not reach.</summary>
    private static int Months(int days)
    {
        // 400 years of the Gregorian calendar are the same number of days always: a shift by such cycles ends in the years 1 to 400.
        const int DaysOfCycle = 146_097;
        const int Epoch = 719_162;
        var day = (long)days + Epoch;
        var cycle = Floor(day, DaysOfCycle);
        var date = DateOnly.FromDayNumber((int)(day - (cycle * DaysOfCycle)));
        return (int)((((cycle * 400) + date.Year - 1970) * 12) + date.Month - 1);
    }
}
