using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>Rows of <c>customers</c>.</summary>
internal sealed class CustomerChunks(ShopGenerator shop, long from, long to) : IChunkSource
{
    private long _next = from;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fill(Chunk chunk)
    {
        var at = 0;
        for (; at < chunk.Capacity && _next < to; at++, _next++)
        {
            var customer = shop.Customers[_next];
            chunk.Uuid(0, at, shop.Customers.IdHalves(_next));
            if (shop.Defects.LosesEmail(_next))
                chunk.Null(1, at);
            else
                chunk.Text(1, at, customer.Email);
            chunk.Text(2, at, customer.Name);
            chunk.Text(3, at, customer.Region);
            chunk.Int64(4, at, customer.CreatedAt);
            chunk.Int64(5, at, customer.UpdatedAt);
        }

        return at;
    }
}
