namespace Floe.SeedWorker.Generation;

/// <summary>Turns evenly spread numbers into moments of a period that follow the <see cref="SalesCalendar"/> (inverse distribution by hours).</summary>
public sealed class SalesCurve
{
    private const int GuideSize = 4_096;

    private readonly long[] _bounds;
    private readonly double[] _cumulative;
    private readonly int[] _guide;

    /// <summary>The curve of the period [<paramref name="from"/>, <paramref name="to"/>), in microseconds.</summary>
    public SalesCurve(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, to);
        var bounds = new List<long> { from };
        for (var hour = (Math.DivRem(from, Micros.PerHour).Quotient + 1) * Micros.PerHour; hour < to; hour += Micros.PerHour)
            bounds.Add(hour);
        bounds.Add(to);
        _bounds = [.. bounds];

        _cumulative = new double[_bounds.Length];
        for (var i = 1; i < _bounds.Length; i++)
            _cumulative[i] = _cumulative[i - 1] + SalesCalendar.Weight(Micros.ToUtc(_bounds[i - 1])) * (_bounds[i] - _bounds[i - 1]);
        var total = _cumulative[^1];
        for (var i = 1; i < _cumulative.Length; i++)
            _cumulative[i] /= total;
        _cumulative[^1] = 1;

        // Where to start looking, so that a lookup takes a few steps instead of a binary search.
        _guide = new int[GuideSize];
        var slot = 0;
        for (var g = 0; g < GuideSize; g++)
        {
            while (_cumulative[slot + 1] <= (double)g / GuideSize)
                slot++;
            _guide[g] = slot;
        }
    }

    /// <summary>The moment that has the share <paramref name="u"/> (in [0, 1)) of the period's sales before it; rises with <paramref name="u"/>.</summary>
    public long At(double u)
    {
        var i = _guide[(int)(u * GuideSize)];
        while (_cumulative[i + 1] <= u)
            i++;
        var share = (u - _cumulative[i]) / (_cumulative[i + 1] - _cumulative[i]);
        var width = _bounds[i + 1] - _bounds[i];
        return _bounds[i] + Math.Min((long)(share * width), width - 1);
    }
}
