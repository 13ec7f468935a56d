using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.Tests.Lakehouse;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class AllOrNoneTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task When_one_table_cannot_be_written_no_table_of_the_batch_keeps_a_file()
    {
        using var orders = new LocalTable(Schema.FromContract(Shop.Orders));
        using var items = new LocalTable(Schema.FromContract(Shop.OrderItems));
        // Rows of order items do not fit a table of orders.
        var unfit = new Table(
            new TableIdentifier("bronze", "order_items"), items.Table.Metadata with { Schemas = orders.Table.Metadata.Schemas }, null, items.Table.IO, catalog: null!);
        var tables = new Dictionary<string, Table> { [Shop.Orders.Name] = orders.Table, [Shop.OrderItems.Name] = unfit };
        var options = GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders) = (20, 10, 40));
        var first = BatchPlan.First(options, s_start);

        await Assert.ThrowsAsync<ValidationException>(() => new BatchIngest(null!, new ParquetWriter(), null!).WriteAsync(first.Next(10, first.To.AddHours(1), options), tables, default));

        Assert.Empty(orders.Files);
        Assert.Empty(items.Files);
    }

    [Fact]
    public async Task When_one_table_cannot_be_prepared_no_table_of_the_batch_keeps_a_file()
    {
        using var customers = new LocalTable(Schema.FromContract(Shop.Customers));
        using var products = new LocalTable(Schema.FromContract(Shop.Products));
        using var orders = new LocalTable(Schema.FromContract(Shop.Orders));
        using var items = new LocalTable(Schema.FromContract(Shop.OrderItems));
        // A table of format version 1 can be written to as a folder, and refuses the commit.
        var refusing = new Table(
            new TableIdentifier("bronze", "order_items"), items.Table.Metadata with { FormatVersion = 1 }, null, items.Table.IO, catalog: null!);
        var tables = new Dictionary<string, Table>
        {
            [Shop.Customers.Name] = customers.Table,
            [Shop.Products.Name] = products.Table,
            [Shop.Orders.Name] = orders.Table,
            [Shop.OrderItems.Name] = refusing,
        };
        var ingest = new BatchIngest(null!, new ParquetWriter(), null!);
        var first = BatchPlan.First(GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders) = (20, 10, 40)), s_start);

        var batch = await ingest.WriteAsync(first, tables, default);
        Assert.NotEmpty(orders.Files);
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => ingest.CommitAsync(batch, Guid.NewGuid(), default));

        Assert.All([customers, products, orders, items], table => Assert.Empty(table.Files));
    }
}
