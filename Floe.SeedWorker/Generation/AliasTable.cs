using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>Draws an index with given weights in constant time from one random number (Walker's alias method, Vose's construction).</summary>
public sealed class AliasTable
{
    private readonly uint[] _threshold;
    private readonly int[] _alias;

    /// <summary>A table over weights, of which at least one is above zero.</summary>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var n = weights.Length;
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;

        _threshold = new uint[n];
        _alias = new int[n];
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
            _threshold[s] = (uint)(scaled[s] * uint.MaxValue);
            _alias[s] = l;
            scaled[l] -= 1 - scaled[s];
            (scaled[l] < 1 ? small : large).Push(l);
        }

        // What is left is 1 up to rounding.
        foreach (var i in small.Concat(large))
            (_threshold[i], _alias[i]) = (uint.MaxValue, i);
    }

    /// <summary>The index that a random number stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Pick(ulong random)
    {
        var slot = (int)((random >> 32) * (ulong)_alias.Length >> 32);
        return (uint)random <= _threshold[slot] ? slot : _alias[slot];
    }
}
