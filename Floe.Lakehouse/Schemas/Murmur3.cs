using System.Buffers.Binary;
using System.Numerics;

namespace Floe.Lakehouse.Schemas;

/// <summary>The 32-bit murmur3 hash, x86 variant, seed 0, which bucket transforms are made with (specification, appendix B).</summary>
internal static class Murmur3
{
    public static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 0u;
        var rest = bytes;
        for (; rest.Length >= 4; rest = rest[4..])
            hash = (BitOperations.RotateLeft(hash ^ Mix(BinaryPrimitives.ReadUInt32LittleEndian(rest)), 13) * 5) + 0xE6546B64;

        var tail = 0u;
        for (var i = rest.Length - 1; i >= 0; i--)
            tail = (tail << 8) | rest[i];
        hash ^= Mix(tail);

        hash ^= (uint)bytes.Length;
        hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
        return (int)(hash ^ (hash >> 16));
    }

    private static uint Mix(uint block) => BitOperations.RotateLeft(block * 0xCC9E2D51, 15) * 0x1B873593;
}
