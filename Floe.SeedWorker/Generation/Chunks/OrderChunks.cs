using System.Runtime.CompilerServices;
using System.Text;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>Rows of <c>orders</c>: the orders that arrive, some of them twice.</summary>
internal sealed class OrderChunks(ShopGenerator shop, long from, long to) : IChunkSource
{
    private static readonly ShortText[] s_statuses = [.. Shop.OrderStatuses.Select(status => new ShortText(Encoding.UTF8.GetBytes(status)))];

    private readonly Arrivals _arriving = shop.Arriving(from, to);
    private (long Row, OrderFacts Facts, OrderState State, long UpdatedAt)? _second;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fill(Chunk chunk)
    {
        var at = 0;
        while (at < chunk.Capacity)
        {
            if (_second is { } copy)
            {
                Write(chunk, at++, copy.Row, copy.Facts, copy.State, copy.UpdatedAt);
                _second = null;
                continue;
            }

            if (!_arriving.Next(out var arrival))
                break;
            var facts = arrival.Book.Facts(arrival.Row, arrival.Date, arrival.InPromotion);
            var state = arrival.Book.StateAt(arrival.Row, arrival.Date, arrival.Book.Clock);
            Write(chunk, at++, arrival.Row, facts, state, state.Since);
            if (shop.Defects.SecondOrder(arrival.Row, state) is > 0 and var updated)
                _second = (arrival.Row, facts, state, updated);
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(Chunk chunk, int at, long row, in OrderFacts facts, in OrderState state, long updatedAt)
    {
        chunk.Uuid(0, at, shop.Orders.OrderId(row));
        chunk.Uuid(1, at, shop.Customers.IdHalves(facts.Customer));
        chunk.Text(2, at, s_statuses[(int)state.Status]);
        chunk.Int64(3, at, facts.Total);
        chunk.Int64(4, at, facts.Date);
        if (state.ShippedDate is { } shipped && !shop.Defects.LosesShippedDate(row))
            chunk.Int64(5, at, shipped);
        else
            chunk.Null(5, at);
        chunk.Int64(6, at, updatedAt);
    }
}
