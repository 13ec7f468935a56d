using System.Numerics;
using Floe.Lakehouse.Schemas;

namespace Floe.Tests.Lakehouse.Expressions;

/// <summary>Random values of every primitive type, with those among them that code trips over.</summary>
internal static class SampleValues
{
    private static readonly string[] s_texts = ["", "a", "ab", "iceberg", "it's", "\"", "ü", "🚀", "\uFFFD", "e\u0301x", "a\0b", "%", "_", "\\", "zzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzz"];

    public static IReadOnlyList<PrimitiveType> Types { get; } =
    [
        PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Float, PrimitiveType.Double, PrimitiveType.Decimal(4, 2),
        PrimitiveType.Decimal(18, 0), PrimitiveType.Decimal(38, 10), PrimitiveType.Date, PrimitiveType.Time, PrimitiveType.Timestamp, PrimitiveType.TimestampTz,
        PrimitiveType.String, PrimitiveType.Uuid, PrimitiveType.Fixed(3), PrimitiveType.Binary,
    ];

    /// <summary>A value as <see cref="PrimitiveType"/> holds it, never null; small sets of values, so that equal ones occur.</summary>
    public static object Next(Random random, PrimitiveType type) => type.Kind switch
    {
        PrimitiveKind.Boolean => random.Next(2) == 0,
        PrimitiveKind.Int => random.Next(4) == 0 ? random.Next(int.MinValue + 10, int.MaxValue) : random.Next(-20, 20),
        PrimitiveKind.Long => random.Next(4) == 0 ? random.NextInt64(long.MinValue + 10, long.MaxValue) : random.NextInt64(-20, 20),
        PrimitiveKind.Float => random.Next(8) switch { 0 => float.NaN, 1 => -0f, 2 => 0f, 3 => float.PositiveInfinity, _ => random.Next(-20, 20) / 4f },
        PrimitiveKind.Double => random.Next(8) switch { 0 => double.NaN, 1 => -0d, 2 => 0d, 3 => double.NegativeInfinity, _ => random.Next(-20, 20) / 4d },
        PrimitiveKind.Decimal => Unscaled(random, type),
        PrimitiveKind.Date => random.Next(4) == 0 ? random.Next(-1_000_000, 2_000_000) : random.Next(-400, 400),
        PrimitiveKind.Time => random.NextInt64(0, 86_400_000_000),
        PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz => random.Next(4) switch
        {
            0 => random.NextInt64(-62_000_000_000_000_000, 200_000_000_000_000_000),
            1 => random.Next(-5, 5) * 86_400_000_000L,
            _ => random.NextInt64(-10_000_000_000_000, 10_000_000_000_000),
        },
        PrimitiveKind.String => random.Next(3) == 0 ? new string((char)('a' + random.Next(3)), random.Next(40)) : s_texts[random.Next(s_texts.Length)],
        PrimitiveKind.Uuid => new Guid(random.Next(3) - 1, 0, 0, new byte[8]),
        PrimitiveKind.Fixed => Bytes(random, type.Length),
        _ => Bytes(random, random.Next(20)),
    };

    private static object Unscaled(Random random, PrimitiveType type)
    {
        var limit = BigInteger.Pow(10, random.Next(type.Precision + 1));
        var value = new BigInteger(random.NextInt64()) * new BigInteger(random.NextInt64()) * new BigInteger(random.Next(1, 100)) % limit;
        return random.Next(2) == 0 ? value : -value;
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
        return bytes;
    }
}
