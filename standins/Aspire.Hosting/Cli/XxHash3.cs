using System.Buffers.Binary;
using System.Numerics;

namespace Aspire.Hosting.Cli;

/// <summary>
/// XXH3-64 with seed 0. The aspire CLI finds a running AppHost by this hash of its project path; where the feed has
/// System.IO.Hashing, its XxHash3 can take over.
/// </summary>
internal static class XxHash3
{
    private const uint Prime32_1 = 0x9E3779B1, Prime32_2 = 0x85EBCA77, Prime32_3 = 0xC2B2AE3D;

    private const ulong Prime64_1 = 0x9E3779B185EBCA87, Prime64_2 = 0xC2B2AE3D27D4EB4F, Prime64_3 = 0x165667B19E3779F9,
        Prime64_4 = 0x85EBCA77C2B2AE63, Prime64_5 = 0x27D4EB2F165667C5;

    private const int StripeLength = 64, SecretStep = 8;

    private static readonly byte[] Secret = Convert.FromHexString(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c" +
        "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364" +
        "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

    public static ulong Hash(ReadOnlySpan<byte> data) => data.Length switch
    {
        0 => AvalancheXxh64(Key(56) ^ Key(64)),
        <= 3 => Hash1To3(data),
        <= 8 => Hash4To8(data),
        <= 16 => Hash9To16(data),
        <= 128 => Hash17To128(data),
        <= 240 => Hash129To240(data),
        _ => HashLong(data),
    };

    private static ulong Hash1To3(ReadOnlySpan<byte> data)
    {
        var n = data.Length;
        uint combined = ((uint)data[0] << 16) | ((uint)data[n >> 1] << 24) | data[n - 1] | ((uint)n << 8);
        uint flip = BinaryPrimitives.ReadUInt32LittleEndian(Secret) ^ BinaryPrimitives.ReadUInt32LittleEndian(Secret.AsSpan(4));
        return AvalancheXxh64(combined ^ flip);
    }

    private static ulong Hash4To8(ReadOnlySpan<byte> data)
    {
        ulong first = BinaryPrimitives.ReadUInt32LittleEndian(data), last = BinaryPrimitives.ReadUInt32LittleEndian(data[^4..]);
        var h = (last + (first << 32)) ^ Key(8) ^ Key(16);
        h ^= BitOperations.RotateLeft(h, 49) ^ BitOperations.RotateLeft(h, 24);
        h *= 0x9FB21C651E98DF25;
        h ^= (h >> 35) + (ulong)data.Length;
        h *= 0x9FB21C651E98DF25;
        return h ^ (h >> 28);
    }

    private static ulong Hash9To16(ReadOnlySpan<byte> data)
    {
        var low = Read(data, 0) ^ Key(24) ^ Key(32);
        var high = Read(data, data.Length - 8) ^ Key(40) ^ Key(48);
        return Avalanche((ulong)data.Length + BinaryPrimitives.ReverseEndianness(low) + high + Fold(low, high));
    }

    private static ulong Hash17To128(ReadOnlySpan<byte> data)
    {
        var n = data.Length;
        var a = (ulong)n * Prime64_1;
        for (var k = (n - 1) / 32; k >= 0; k--)
        {
            a += Mix(data, 16 * k, 32 * k) + Mix(data, n - 16 * (k + 1), 32 * k + 16);
        }

        return Avalanche(a);
    }

    private static ulong Hash129To240(ReadOnlySpan<byte> data)
    {
        var n = data.Length;
        var a = (ulong)n * Prime64_1;
        for (var k = 0; k < 8; k++)
        {
            a += Mix(data, 16 * k, 16 * k);
        }

        a = Avalanche(a);
        for (var k = 8; k < n / 16; k++)
        {
            a += Mix(data, 16 * k, 16 * (k - 8) + 3);
        }

        return Avalanche(a + Mix(data, n - 16, 119));
    }

    private static ulong HashLong(ReadOnlySpan<byte> data)
    {
        Span<ulong> acc = [Prime32_3, Prime64_1, Prime64_2, Prime64_3, Prime64_4, Prime32_2, Prime64_5, Prime32_1];
        var stripesPerBlock = (Secret.Length - StripeLength) / SecretStep;
        var blockLength = StripeLength * stripesPerBlock;
        var blocks = (data.Length - 1) / blockLength;
        for (var b = 0; b < blocks; b++)
        {
            AccumulateStripes(acc, data.Slice(b * blockLength, blockLength), stripesPerBlock);
            Scramble(acc);
        }

        var rest = data[(blocks * blockLength)..];
        AccumulateStripes(acc, rest, (rest.Length - 1) / StripeLength);
        Accumulate(acc, data[^StripeLength..], Secret.Length - StripeLength - 7);

        var result = (ulong)data.Length * Prime64_1;
        for (var i = 0; i < 4; i++)
        {
            result += Fold(acc[2 * i] ^ Key(11 + 16 * i), acc[2 * i + 1] ^ Key(19 + 16 * i));
        }

        return Avalanche(result);
    }

    private static void AccumulateStripes(Span<ulong> acc, ReadOnlySpan<byte> data, int stripes)
    {
        for (var s = 0; s < stripes; s++)
        {
            Accumulate(acc, data.Slice(s * StripeLength, StripeLength), s * SecretStep);
        }
    }

    private static void Accumulate(Span<ulong> acc, ReadOnlySpan<byte> stripe, int secretOffset)
    {
        for (var i = 0; i < 8; i++)
        {
            var value = Read(stripe, 8 * i);
            var keyed = value ^ Key(secretOffset + 8 * i);
            acc[i ^ 1] += value;
            acc[i] += (uint)keyed * (keyed >> 32);
        }
    }

    private static void Scramble(Span<ulong> acc)
    {
        for (var i = 0; i < 8; i++)
        {
            acc[i] = (acc[i] ^ (acc[i] >> 47) ^ Key(Secret.Length - StripeLength + 8 * i)) * Prime32_1;
        }
    }

    private static ulong Mix(ReadOnlySpan<byte> data, int offset, int secretOffset) =>
        Fold(Read(data, offset) ^ Key(secretOffset), Read(data, offset + 8) ^ Key(secretOffset + 8));

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out ulong low);
        return low ^ high;
    }

    private static ulong Avalanche(ulong h)
    {
        h = (h ^ (h >> 37)) * 0x165667919E3779F9;
        return h ^ (h >> 32);
    }

    private static ulong AvalancheXxh64(ulong h)
    {
        h = (h ^ (h >> 33)) * Prime64_2;
        h = (h ^ (h >> 29)) * Prime64_3;
        return h ^ (h >> 32);
    }

    private static ulong Read(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);

    private static ulong Key(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Secret.AsSpan(offset));
}
