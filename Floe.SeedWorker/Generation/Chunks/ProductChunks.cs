namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>Rows of <c>products</c>.</summary>
internal sealed class ProductChunks(ShopGenerator shop, long from, long to) : IChunkSource
{
    private long _next = from;

    public int Fill(Chunk chunk)
    {
        var at = 0;
        for (; at < chunk.Capacity && _next < to; at++, _next++)
        {
            var product = shop.Products[_next];
            chunk.Uuid(0, at, shop.Products.IdHalves(_next));
            chunk.Text(1, at, product.Name);
            chunk.Text(2, at, product.Category);
            chunk.Int64(3, at, product.Price);
            chunk.Int64(4, at, product.CreatedAt);
            chunk.Int64(5, at, product.UpdatedAt);
        }

        return at;
    }
}
