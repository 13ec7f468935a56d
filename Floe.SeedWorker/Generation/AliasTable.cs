using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>Draws an index with given weights in constant time from one random number (Walker's alias method, Vose's construction).</summary>
public sealed class AliasTable
{
    // Side by side, because a pick is one look into memory that is seldom in the nearest cache.
    private readonly (uint Threshold, int Alias)[] _slots;

    /// <summary>A table over weights, of which at least one is above zero.</summary>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var n = weights.Length;
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;

        _slots = new (uint, int)[n];
        var scaled = new double[n];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < n; i++)
        {
            scaled[i] = weights[i] * n / sum;
            (scaled[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var s = small.Pop();
            var l = large.Pop();
            _slots[s] = ((uint)(scaled[s] * uint.MaxValue), l);
            scaled[l] -= 1 - scaled[s];
            (scaled[l] < 1 ? small : large).Push(l);
        }

        // What is left is 1 up to rounding.
        foreach (var i in small.Concat(large))
            _slots[i] = (uint.MaxValue, i);
    }

    /// <summary>The index that a random number stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Pick(ulong random)
    {
        var slot = (int)((random >> 32) * (ulong)_slots.Length >> 32);
        ref readonly var entry = ref _slots[slot];
        // The slot or its alias, as chance has it: nothing that a processor could foresee, so without a branch.
        var other = (int)(((long)entry.Threshold - (uint)random) >> 63);
        return slot ^ ((slot ^ entry.Alias) & other);
    }
}
