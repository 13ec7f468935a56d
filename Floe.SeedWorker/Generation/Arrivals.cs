using System.Collections;
using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>One pass over what arrives with a batch, book by book and row by row. See <see cref="ShopGenerator.Arriving"/>.</summary>
/// <param name="books">Books, each with the range of its rows to look at.</param>
/// <param name="defects">Says what is late.</param>
/// <param name="since">The clock of the batch before, in <see cref="Micros"/>.</param>
public sealed class Arrivals(IEnumerable<(OrderBook Book, long From, long To)> books, Defects defects, long since) : IEnumerable<Arrival>
{
    private readonly IEnumerator<(OrderBook Book, long From, long To)> _books = books.GetEnumerator();
    private OrderBook _book = null!;
    private long _row;
    private long _end;

    /// <summary>The next arrival.</summary>
    /// <returns>Whether there is one.</returns>
    // Not an iterator: this runs for every order, and an iterator's method cannot be told to be optimised at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next(out Arrival arrival)
    {
        do
        {
            while (_row < _end)
            {
                var row = _row++;
                var date = _book.DateOf(row, out var promotion);
                var arrives = defects.ArrivesAt(_book.Period, row, date);
                if (arrives > _book.Clock)
                    continue;
                var isFirst = arrives > since;
                if (!isFirst && _book.StateAt(row, date, _book.Clock).Since <= since)
                    continue;
                arrival = new Arrival(_book, row, date, promotion, isFirst);
                return true;
            }
        }
        while (Open());

        arrival = default;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<Arrival> GetEnumerator()
    {
        while (Next(out var arrival))
            yield return arrival;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Open()
    {
        if (!_books.MoveNext())
            return false;
        (_book, _row, _end) = _books.Current;
        return true;
    }
}
