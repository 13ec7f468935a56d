using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// An endless column of random 64-bit numbers where number <c>row</c> depends on nothing but (seed, table, column, row): any row
/// range, on any thread, in any order gives the same values. SplitMix64 with the position as its counter.
/// </summary>
public readonly struct RandomColumn
{
    private const ulong TableStep = 0xD1B54A32D192ED03;
    private const ulong ColumnStep = 0x8CB92BA72F3D8DD7;
    private const ulong RowStep = 0x9E3779B97F4A7C15;

    private readonly ulong _key;

    /// <summary>The column of that table under that seed.</summary>
    public RandomColumn(long seed, int table, int column) =>
        // The seed is mixed first, so that neighbouring seeds are not neighbouring sequences.
        _key = unchecked(Mix((ulong)seed) + (ulong)table * TableStep + (ulong)column * ColumnStep);

    /// <summary>The number at a row.</summary>
    public ulong this[long row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Mix(unchecked(_key + (ulong)row * RowStep));
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Unit(long row) => (this[row] >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, <paramref name="bound"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Below(long row, long bound) => (long)Math.BigMul(this[row], (ulong)bound, out _);

    /// <summary>Whether a share <paramref name="rate"/> (0 to 1) of all rows has this row in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Hits(long row, double rate) => rate > 0 && Unit(row) < rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
