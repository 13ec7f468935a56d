using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>A file to be written: a range of a table's rows in a batch.</summary>
internal sealed record WorkUnit(ShopGenerator Shop, TableContract Table, long From, long To, string File)
{
    // Large enough that opening and closing a file costs nothing, small enough that two threads end at about the same time.
    private const long RowsPerFile = 250_000;

    /// <summary>The files of a batch. They depend on the request alone, never on threads.</summary>
    public static IEnumerable<WorkUnit> Of(ShopGenerator shop, string? folder, (int Number, int Of) shard)
    {
        // The files that take least come last, so that no thread waits long for another.
        TableContract[] tables = shop.Plan.Number == 1 ? [Lakehouse.Contract.Shop.Customers, Lakehouse.Contract.Shop.OrderItems, Lakehouse.Contract.Shop.Orders, Lakehouse.Contract.Shop.Products] : [Lakehouse.Contract.Shop.OrderItems, Lakehouse.Contract.Shop.Orders];
        foreach (var table in tables)
        {
            var (start, end) = GeneratedTables.Rows(table, shop);
            var from = start + (end - start) * (shard.Number - 1) / shard.Of;
            var to = start + (end - start) * shard.Number / shard.Of;
            for (var part = 0; from < to; part++, from += RowsPerFile)
            {
                // Customers and products are of the shop, not of a day.
                var place = folder is null || table == Lakehouse.Contract.Shop.Customers || table == Lakehouse.Contract.Shop.Products ? table.Name : Path.Combine(table.Name, folder);
                yield return new WorkUnit(shop, table, from, Math.Min(to, from + RowsPerFile), Path.Combine(place, PartName(shard, part)));
            }
        }
    }

    /// <summary>Name of a file; says of which shard it is.</summary>
    public static string PartName((int Number, int Of) shard, int part) => $"part-{shard.Number:0000}-of-{shard.Of:0000}-{part:00000}.parquet";
}
