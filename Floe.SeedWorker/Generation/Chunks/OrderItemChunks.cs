using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>Rows of <c>order_items</c>: the lines of the orders that arrive for the first time, some of them twice.</summary>
internal sealed class OrderItemChunks(ShopGenerator shop, long from, long to) : IChunkSource
{
    private readonly Arrivals _arriving = shop.Arriving(from, to);
    private (ulong High, ulong Low) _orderId;
    private OrderBook _book = shop.Orders;
    private long _date;
    private bool _promotion;
    private long _next;
    private long _end;
    private (long Line, LineTerms Terms, long UpdatedAt)? _second;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fill(Chunk chunk)
    {
        var at = 0;
        while (at < chunk.Capacity)
        {
            if (_second is { } copy)
            {
                Write(chunk, at++, copy.Line, copy.Terms, copy.UpdatedAt);
                _second = null;
                continue;
            }

            if (_next == _end)
            {
                if (!_arriving.Next(out var arrival))
                    break;
                Begin(arrival);
                continue;
            }

            var line = _next++;
            var terms = _book.Terms(line, _promotion);
            Write(chunk, at++, line, terms, _date);
            if (shop.Defects.SecondLine(line, _date) is > 0 and var updated)
                _second = (line, terms, updated);
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Begin(in Arrival arrival)
    {
        if (!arrival.IsFirst)
            return;
        var (first, count) = arrival.Book.LinesOf(arrival.Row);
        (_next, _end) = (first, first + count);
        (_book, _date, _promotion) = (arrival.Book, arrival.Date, arrival.InPromotion);
        _orderId = arrival.Book.OrderId(arrival.Row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(Chunk chunk, int at, long line, in LineTerms terms, long updatedAt)
    {
        chunk.Uuid(0, at, _book.LineId(line));
        chunk.Uuid(1, at, _orderId);
        chunk.Uuid(2, at, shop.Products.IdHalves(terms.Product));
        chunk.Int32(3, at, terms.Quantity);
        chunk.Int64(4, at, terms.UnitPrice);
        if (shop.Defects.LosesDiscount(line))
            chunk.Null(5, at);
        else
            chunk.Int64(5, at, terms.Discount);
        chunk.Int64(6, at, terms.Subtotal);
        chunk.Int64(7, at, updatedAt);
    }
}
