using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// Which lines belong to which order, without counting: the orders 2p and 2p + 1 share the lines from p times the lines of a pair on, so an
/// even number of orders has exactly the lines that were asked for, and each order has at least one.
/// </summary>
internal readonly struct LineNumbers
{
    private const int UsualPair = 6;

    private readonly long _lines;
    private readonly long _pairs;

    /// <summary>So many <paramref name="lines"/> for so many <paramref name="orders"/>, 1 to 20 for each.</summary>
    public LineNumbers(long lines, long orders)
    {
        // lines / orders per order are 2 lines / orders per pair, in lowest terms.
        var (a, b) = (2 * lines, orders);
        while (b != 0)
            (a, b) = (b, a % b);
        (_lines, _pairs) = (2 * lines / a, orders / a);
    }

    /// <summary>The lines of an order: row number of the first, and how many.</summary>
    /// <param name="order">Row number of the order.</param>
    /// <param name="chance">Random number of the pair.</param>
    /// <param name="usual">256 entries: lines of the first, less one, when the pair has six.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (long First, int Count) Of(long order, ulong chance, byte[] usual)
    {
        var pair = order >> 1;
        var start = Start(pair);
        var lines = (int)(Start(pair + 1) - start);
        var first = 1 + (lines == UsualPair ? usual[(byte)chance] : (int)(((chance >> 32) * (ulong)(lines - 1)) >> 32));
        return (order & 1) == 0 ? (start, first) : (start + first, lines - first);
    }

    private long Start(long pair) => _pairs == 1 ? pair * _lines : (long)((Int128)pair * _lines / _pairs);
}
