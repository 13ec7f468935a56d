using System.Globalization;
using System.Numerics;

namespace DuckDB.NET.Data.Vectors;

/// <summary>DECIMAL(w, s) is an integer of up to 128 bits over 10^s; .NET's decimal has 96 bits and a scale of up to 28.</summary>
internal static class DuckDBDecimal
{
    private const byte LargestScale = 28;

    public static decimal ToDecimal(Int128 value, byte scale)
    {
        var negative = value < 0;
        var magnitude = negative ? UInt128.Zero - (UInt128)value : (UInt128)value;
        while (scale > LargestScale || (magnitude >> 96 != 0 && scale > 0))
        {
            var (quotient, remainder) = UInt128.DivRem(magnitude, 10);
            if (remainder != 0 && magnitude >> 96 != 0 && scale <= LargestScale && (quotient >> 96) == 0)
                quotient += remainder >= 5 ? UInt128.One : UInt128.Zero;
            magnitude = quotient;
            scale--;
        }
        if (magnitude >> 96 != 0)
            throw new OverflowException($"The DECIMAL value {value} with {scale} places after the point does not fit into System.Decimal, which has 28 digits; cast it to a narrower DECIMAL, to DOUBLE or to VARCHAR.");
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), negative, scale);
    }

    /// <summary>The unscaled integer of a decimal and its scale, as it stands (2.50 is 250 with scale 2).</summary>
    public static (Int128 Value, byte Scale) Split(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = ((UInt128)(uint)bits[2] << 64) | ((UInt128)(uint)bits[1] << 32) | (uint)bits[0];
        return (value < 0 ? -(Int128)magnitude : (Int128)magnitude, value.Scale);
    }

    /// <summary>The unscaled integer for DECIMAL(width, scale); extra places are rounded half to even as decimal.Round does.</summary>
    public static Int128 ToScaled(decimal value, byte width, byte scale)
    {
        if (value.Scale > scale)
            value = decimal.Round(value, scale);
        var (unscaled, from) = Split(value);
        var scaled = (BigInteger)unscaled * BigInteger.Pow(10, scale - from);
        if (BigInteger.Abs(scaled) >= BigInteger.Pow(10, width))
            throw Overflow(value, width, scale);
        return (Int128)scaled;
    }

    /// <summary>The same for the widths up to 18, without big integers.</summary>
    public static long ToScaled64(decimal value, byte width, byte scale)
    {
        if (value.Scale > scale)
            value = decimal.Round(value, scale);
        var (unscaled, from) = Split(value);
        var limit = Powers[width];
        var factor = Powers[scale - from];
        if (unscaled >= limit || unscaled <= -(Int128)limit)
            throw Overflow(value, width, scale);
        var scaled = unscaled * factor;
        if (scaled >= limit || scaled <= -(Int128)limit)
            throw Overflow(value, width, scale);
        return (long)scaled;
    }

    /// <summary>How many digits the unscaled value has, at least one and at least its scale.</summary>
    public static byte Width(Int128 unscaled, byte scale)
    {
        var digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).Length;
        return (byte)Math.Max(Math.Max(digits, scale), 1);
    }

    private static OverflowException Overflow(decimal value, byte width, byte scale) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The value {value} does not fit into DECIMAL({width},{scale})."));

    private static readonly long[] Powers = [.. Enumerable.Range(0, 19).Select(power => (long)BigInteger.Pow(10, power))];
}
