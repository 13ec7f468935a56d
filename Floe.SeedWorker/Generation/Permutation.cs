using System.Numerics;
using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>A shuffle of 0 to n - 1 without a table: every number has one image, found in constant time and memory.</summary>
public readonly struct Permutation
{
    private readonly ulong _count;
    private readonly ulong _mask;
    private readonly int _shift;
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;

    /// <summary>A shuffle of <paramref name="count"/> numbers, another one for every random column.</summary>
    public Permutation(long count, RandomColumn keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = (ulong)count;
        _mask = BitOperations.RoundUpToPowerOf2(_count) - 1;
        _shift = Math.Max(1, BitOperations.PopCount(_mask) / 2);
        // Odd factors are invertible modulo a power of two.
        (_first, _second, _third) = (keys[0] | 1, keys[1] | 1, keys[2] | 1);
    }

    /// <summary>The image of a number.</summary>
    public long this[long number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var x = (ulong)number;
            // Outside of the range: on to the image of the image. The way through the power of two's range comes back to the smaller one.
            do
                x = Shuffle(x);
            while (x >= _count);
            return (long)x;
        }
    }

    // Steps that are each a bijection of the numbers up to the mask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Shuffle(ulong x)
    {
        unchecked
        {
            x = (x + _third) & _mask;
            x = (x * _first) & _mask;
            x ^= x >> _shift;
            x = (x * _second) & _mask;
            x ^= x >> _shift;
            x = (x * _third) & _mask;
            return x ^ (x >> _shift);
        }
    }
}
