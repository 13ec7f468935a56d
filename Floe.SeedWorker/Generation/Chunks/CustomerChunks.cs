using System.Runtime.CompilerServices;
using System.Text;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>Rows of <c>customers</c>.</summary>
internal sealed class CustomerChunks(ShopGenerator shop, long from, long to) : IChunkSource
{
    private static readonly ShortText[] s_regions = [.. Shop.Regions.Select(region => new ShortText(Encoding.UTF8.GetBytes(region)))];

    private long _next = from;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fill(Chunk chunk)
    {
        Span<byte> text = stackalloc byte[PersonNames.MaxBytes];
        var customers = shop.Customers;
        var at = 0;
        for (; at < chunk.Capacity && _next < to; at++, _next++)
        {
            var person = customers.Person(_next);
            var (created, updated) = customers.Times(_next);
            chunk.Uuid(0, at, customers.IdHalves(_next));
            if (shop.Defects.LosesEmail(_next))
                chunk.Null(1, at);
            else
                chunk.Text(1, at, text[..PersonNames.WriteEmail(person, CustomerBase.Number(_next), text)]);
            chunk.Text(2, at, text[..PersonNames.WriteName(person, text)]);
            chunk.Text(3, at, s_regions[customers.Region(_next)]);
            chunk.Int64(4, at, created);
            chunk.Int64(5, at, updated);
        }

        return at;
    }
}
