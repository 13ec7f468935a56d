using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>
/// CRC arithmetic over a bit-reflected polynomial of up to 64 bits: table-driven by eight bytes, and 64 bytes at a time with carry-less
/// multiplication where the processor has it. A register holds the coefficient of x^(width-1) in bit 0.
/// </summary>
internal sealed class ReflectedPolynomial
{
    private readonly int _width;
    private readonly ulong _polynomial;
    private readonly ulong[] _tables = new ulong[8 * 256];
    private readonly Vector128<ulong> _foldBy128;
    private readonly Vector128<ulong> _foldBy512;

    /// <param name="width">Degree of the polynomial, 32 or 64.</param>
    /// <param name="reflected">Its coefficients below the leading one, reflected.</param>
    public ReflectedPolynomial(int width, ulong reflected)
    {
        _width = width;
        _polynomial = reflected;
        for (var b = 0; b < 256; b++)
        {
            var register = (ulong)b;
            for (var bit = 0; bit < 8; bit++)
                register = TimesX(register);
            _tables[b] = register;
        }
        for (var i = 256; i < _tables.Length; i++)
            _tables[i] = (_tables[i - 256] >> 8) ^ _tables[_tables[i - 256] & 255];

        // A reflected carry-less product is one power of x too high, hence the -1.
        _foldBy128 = Vector128.Create(Lane(128 + 64 - 1), Lane(128 - 1));
        _foldBy512 = Vector128.Create(Lane(512 + 64 - 1), Lane(512 - 1));
    }

    /// <summary>Advances a register over data.</summary>
    public ulong Update(ulong register, ReadOnlySpan<byte> data)
    {
        if (Pclmulqdq.IsSupported && data.Length >= 128)
            return Fold(register, data);
        return UpdateByTable(register, data);
    }

    /// <summary>The finished CRC of A+B from the finished CRCs of both and B's length (initial and final values are all ones).</summary>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        // Advancing by n zero bytes is multiplying by x^(8n): square and multiply.
        var factor = One();
        var power = PowerOfX(8);
        for (var n = secondLength; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
                factor = Multiply(factor, power);
            power = Multiply(power, power);
        }
        return Multiply(first, factor) ^ second;
    }

    private ulong UpdateByTable(ulong register, ReadOnlySpan<byte> data)
    {
        var tables = _tables.AsSpan();
        while (data.Length >= 8)
        {
            var word = MemoryMarshal.Read<ulong>(data);
            if (!BitConverter.IsLittleEndian)
                word = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
            word ^= register;
            register = tables[(7 * 256) + (int)(word & 255)] ^ tables[(6 * 256) + (int)((word >> 8) & 255)]
                ^ tables[(5 * 256) + (int)((word >> 16) & 255)] ^ tables[(4 * 256) + (int)((word >> 24) & 255)]
                ^ tables[(3 * 256) + (int)((word >> 32) & 255)] ^ tables[(2 * 256) + (int)((word >> 40) & 255)]
                ^ tables[256 + (int)((word >> 48) & 255)] ^ tables[(int)(word >> 56)];
            data = data[8..];
        }
        foreach (var b in data)
            register = (register >> 8) ^ tables[(int)((register ^ b) & 255)];
        return register;
    }

    /// <summary>Four 128-bit accumulators, each folded over 512 bits per step; at the end one, which the tables reduce.</summary>
    private ulong Fold(ulong register, ReadOnlySpan<byte> data)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var a = blocks[0] ^ Vector128.CreateScalar(register);
        var b = blocks[1];
        var c = blocks[2];
        var d = blocks[3];
        var i = 4;
        for (; i + 4 <= blocks.Length; i += 4)
        {
            a = Shift(a, _foldBy512) ^ blocks[i];
            b = Shift(b, _foldBy512) ^ blocks[i + 1];
            c = Shift(c, _foldBy512) ^ blocks[i + 2];
            d = Shift(d, _foldBy512) ^ blocks[i + 3];
        }
        b ^= Shift(a, _foldBy128);
        c ^= Shift(b, _foldBy128);
        d ^= Shift(c, _foldBy128);
        for (; i < blocks.Length; i++)
            d = Shift(d, _foldBy128) ^ blocks[i];

        Span<byte> rest = stackalloc byte[16];
        MemoryMarshal.Write(rest, in d);
        return UpdateByTable(UpdateByTable(0, rest), data[(blocks.Length * 16)..]);
    }

    private static Vector128<ulong> Shift(Vector128<ulong> value, Vector128<ulong> constants) =>
        Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11);

    /// <summary>x^n mod P in a 64-bit lane, the coefficient of x^63 in bit 0.</summary>
    private ulong Lane(int n) => PowerOfX(n) << (64 - _width);

    private ulong PowerOfX(int n)
    {
        var register = One();
        for (var i = 0; i < n; i++)
            register = TimesX(register);
        return register;
    }

    private ulong One() => 1UL << (_width - 1);

    private ulong TimesX(ulong register) => (register >> 1) ^ (_polynomial & (0 - (register & 1)));

    private ulong Multiply(ulong a, ulong b)
    {
        // Horner over b's coefficients from the highest power (bit 0) down.
        var product = 0UL;
        for (var bit = 0; bit < _width; bit++)
            product = TimesX(product) ^ (a & (0 - ((b >> bit) & 1)));
        return product;
    }
}
