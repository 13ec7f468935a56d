using System.Globalization;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>PostgreSQL's binary form of <c>numeric</c>: digits to the base 10,000, the power of the first, a sign and the number of decimals.</summary>
internal static class NumericFormat
{
    private const int Base = 4;
    private const ushort Negative = 0x4000, NotANumber = 0xC000, PositiveInfinity = 0xD000, NegativeInfinity = 0xF000;

    /// <param name="text">A decimal number, with an exponent or without; or NaN, Infinity, -Infinity.</param>
    public static void Write(MessageWriter to, string text)
    {
        var special = text switch { "NaN" => NotANumber, "Infinity" => PositiveInfinity, "-Infinity" => NegativeInfinity, _ => (ushort)0 };
        if (special != 0)
        {
            Header(to, 0, 0, special, 0);
            return;
        }
        var isNegative = text[0] == '-';
        var unsigned = WithoutExponent(text.TrimStart('-', '+'));
        var dot = unsigned.IndexOf('.');
        var whole = (dot < 0 ? unsigned : unsigned[..dot]).TrimStart('0');
        var fraction = dot < 0 ? "" : unsigned[(dot + 1)..];
        var scale = (short)fraction.Length;
        whole = whole.PadLeft((whole.Length + Base - 1) / Base * Base, '0');
        fraction = fraction.PadRight((fraction.Length + Base - 1) / Base * Base, '0');
        var digits = new List<short>();
        foreach (var group in (whole + fraction).Chunk(Base)) digits.Add(short.Parse(group, NumberStyles.None, CultureInfo.InvariantCulture));
        var weight = whole.Length / Base - 1;
        while (digits.Count > 0 && digits[0] == 0)
        {
            digits.RemoveAt(0);
            weight--;
        }
        while (digits.Count > 0 && digits[^1] == 0) digits.RemoveAt(digits.Count - 1);
        Header(to, digits.Count, digits.Count == 0 ? 0 : weight, isNegative && digits.Count > 0 ? Negative : (ushort)0, scale);
        foreach (var digit in digits) to.Int16(digit);
    }

    /// <returns>The number as text; NaN and the infinities by these names.</returns>
    public static string Read(FrontendMessage value)
    {
        var count = (ushort)value.Int16();
        int weight = value.Int16();
        var sign = (ushort)value.Int16();
        var scale = (ushort)value.Int16();
        if (sign is NotANumber or PositiveInfinity or NegativeInfinity) return sign switch { NotANumber => "NaN", PositiveInfinity => "Infinity", _ => "-Infinity" };
        // No number of a query is that long; room for 0.00…1 with 16,000 zeros is not made.
        if (count > 64 || weight is < -64 or > 64 || scale > 256) throw new SqlError(SqlStates.NumericOutOfRange, "A numeric parameter has more digits than are taken here.");
        var digits = new List<short>();
        for (var i = 0; i < count; i++) digits.Add(value.Int16() is >= 0 and < 10_000 and var digit ? digit : throw new SqlError(SqlStates.InvalidBinary, "A numeric parameter has a digit that is not one."));
        var text = new StringBuilder(sign == Negative ? "-" : "");
        for (var i = 0; i <= weight || i == 0; i++)
        {
            var digit = weight >= 0 && i < count ? digits[i] : (short)0;
            text.Append(i == 0 ? digit.ToString(CultureInfo.InvariantCulture) : digit.ToString("0000", CultureInfo.InvariantCulture));
        }
        if (scale == 0) return text.ToString();
        text.Append('.');
        var start = text.Length;
        for (var i = weight + 1; text.Length - start < scale; i++) text.Append((i >= 0 && i < count ? digits[i] : (short)0).ToString("0000", CultureInfo.InvariantCulture));
        text.Length = start + scale;
        return text.ToString();
    }

    /// <summary>0.00001 for 1E-05.</summary>
    public static string WithoutExponent(string text)
    {
        if (text.Length > 0 && text[0] == '-') return $"-{WithoutExponent(text[1..])}";
        if (text.Length > 0 && !char.IsAsciiDigit(text[0])) return text;
        var e = text.IndexOfAny(['e', 'E']);
        if (e < 0) return text;
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = text[..e];
        var dot = mantissa.IndexOf('.');
        var digits = mantissa.Replace(".", "");
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        return point <= 0 ? $"0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? digits.PadRight(point, '0')
            : $"{digits[..point]}.{digits[point..]}";
    }

    private static void Header(MessageWriter to, int count, int weight, ushort sign, short scale)
    {
        to.Int16((short)count);
        to.Int16((short)weight);
        to.Int16((short)sign);
        to.Int16(scale);
    }
}
