using System.Numerics;
using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>Turns evenly spread numbers into moments of a period that follow the <see cref="SalesCalendar"/> (inverse distribution by hours).</summary>
public sealed class SalesCurve
{
    // The greatest number below 1.
    private const double BelowOne = 1 - 1.0 / (1UL << 53);

    private readonly long[] _bounds;
    private readonly double[] _cumulative;
    private readonly int[] _guide;
    private readonly bool[] _promotion;

    /// <summary>The curve of the period [<paramref name="from"/>, <paramref name="to"/>), in microseconds.</summary>
    public SalesCurve(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, to);
        var bounds = new List<long> { from };
        for (var hour = (Math.DivRem(from, Micros.PerHour).Quotient + 1) * Micros.PerHour; hour < to; hour += Micros.PerHour)
            bounds.Add(hour);
        bounds.Add(to);
        _bounds = [.. bounds];
        _promotion = new bool[_bounds.Length];

        _cumulative = new double[_bounds.Length];
        for (var i = 1; i < _bounds.Length; i++)
        {
            var start = Micros.ToUtc(_bounds[i - 1]);
            _cumulative[i] = _cumulative[i - 1] + SalesCalendar.Weight(start) * (_bounds[i] - _bounds[i - 1]);
            _promotion[i - 1] = SalesCalendar.IsPromotion(start);
        }

        var total = _cumulative[^1];
        for (var i = 1; i < _cumulative.Length; i++)
            _cumulative[i] /= total;
        _cumulative[^1] = 1;

        // Where to start looking, so that a lookup takes a step or two instead of a binary search. A power of two: u times it is exact.
        _guide = new int[BitOperations.RoundUpToPowerOf2((uint)_bounds.Length * 2)];
        var slot = 0;
        for (var g = 0; g < _guide.Length; g++)
        {
            while (_cumulative[slot + 1] <= (double)g / _guide.Length)
                slot++;
            _guide[g] = slot;
        }
    }

    /// <summary>The moment that has the share <paramref name="u"/> (in [0, 1)) of the period's sales before it; rises with <paramref name="u"/>.</summary>
    public long At(double u) => At(u, out _);

    /// <summary>As <see cref="At(double)"/>; tells too whether the moment is in a promotion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long At(double u, out bool promotion)
    {
        u = Math.Min(u, BelowOne);
        var i = _guide[(int)(u * _guide.Length)];
        while (_cumulative[i + 1] <= u)
            i++;
        promotion = _promotion[i];
        var share = (u - _cumulative[i]) / (_cumulative[i + 1] - _cumulative[i]);
        var width = _bounds[i + 1] - _bounds[i];
        return _bounds[i] + Math.Min((long)(share * width), width - 1);
    }

    /// <summary>The share of the period's sales before a moment, 0 to 1: what <see cref="At(double)"/> undoes.</summary>
    public double ShareBefore(long moment)
    {
        if (moment <= _bounds[0])
            return 0;
        if (moment >= _bounds[^1])
            return 1;
        var i = Array.BinarySearch(_bounds, moment);
        if (i >= 0)
            return _cumulative[i];
        i = ~i - 1;
        return _cumulative[i] + (_cumulative[i + 1] - _cumulative[i]) * (moment - _bounds[i]) / (_bounds[i + 1] - _bounds[i]);
    }
}
