using System.Globalization;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Writer;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// The generated rows as DuckDB table functions, so that a COPY pulls them straight from the generator into Parquet. Rows stream: one
/// object is refilled per row. Money travels as whole cents and becomes a decimal in the SELECT, because a table function's decimal is
/// DECIMAL(38,18) and its cast costs a hundred times as much (and so do times: microseconds).
/// </summary>
public static class GeneratedTables
{
    /// <summary>Makes the batch's rows available on the connection's database, for <see cref="Select(TableContract, ShopGenerator)"/>.</summary>
    public static void Register(DuckDBConnection db, ShopGenerator shop)
    {
        db.RegisterTableFunction<long, long>(Function(Shop.Customers), range => new TableFunction(
            [Col<Guid>("customer_id"), Col<string>("email"), Col<string>("name"), Col<string>("region"), Col<long>("created_at"), Col<long>("updated_at")],
            Customers(shop, range[0].GetValue<long>(), range[1].GetValue<long>())),
            static (item, writers, at) =>
            {
                ref var cell = ref Unsafe.As<Cell<CustomerRow>>(item!).Value;
                writers[0].WriteValue(cell.Customer.Id, at);
                WriteOrNull(writers[1], cell.WithoutEmail, cell.Customer.Email, at);
                writers[2].WriteValue(cell.Customer.Name, at);
                writers[3].WriteValue(cell.Customer.Region, at);
                writers[4].WriteValue(cell.Customer.CreatedAt, at);
                writers[5].WriteValue(cell.Customer.UpdatedAt, at);
            });

        db.RegisterTableFunction<long, long>(Function(Shop.Products), range => new TableFunction(
            [Col<Guid>("product_id"), Col<string>("name"), Col<string>("category"), Col<long>("price"), Col<long>("created_at"), Col<long>("updated_at")],
            Products(shop, range[0].GetValue<long>(), range[1].GetValue<long>())),
            static (item, writers, at) =>
            {
                ref var product = ref Unsafe.As<Cell<Product>>(item!).Value;
                writers[0].WriteValue(product.Id, at);
                writers[1].WriteValue(product.Name, at);
                writers[2].WriteValue(product.Category, at);
                writers[3].WriteValue(product.Price, at);
                writers[4].WriteValue(product.CreatedAt, at);
                writers[5].WriteValue(product.UpdatedAt, at);
            });

        db.RegisterTableFunction<long, long>(Function(Shop.Orders), range => new TableFunction(
            [Col<Guid>("order_id"), Col<Guid>("customer_id"), Col<string>("status"), Col<long>("total_amount"), Col<long>("order_date"), Col<long>("shipped_date"), Col<long>("updated_at")],
            Orders(shop, range[0].GetValue<long>(), range[1].GetValue<long>())),
            static (item, writers, at) =>
            {
                ref var cell = ref Unsafe.As<Cell<OrderRow>>(item!).Value;
                writers[0].WriteValue(cell.Order.Id, at);
                writers[1].WriteValue(cell.Order.CustomerId, at);
                writers[2].WriteValue(cell.Order.Status, at);
                writers[3].WriteValue(cell.Order.Total, at);
                writers[4].WriteValue(cell.Order.OrderDate, at);
                WriteOrNull(writers[5], cell.ShippedDate is null, cell.ShippedDate.GetValueOrDefault(), at);
                writers[6].WriteValue(cell.UpdatedAt, at);
            });

        db.RegisterTableFunction<long, long>(Function(Shop.OrderItems), range => new TableFunction(
            [Col<Guid>("order_item_id"), Col<Guid>("order_id"), Col<Guid>("product_id"), Col<int>("quantity"), Col<long>("unit_price"), Col<long>("discount"), Col<long>("subtotal"), Col<long>("updated_at")],
            Lines(shop, range[0].GetValue<long>(), range[1].GetValue<long>())),
            static (item, writers, at) =>
            {
                ref var cell = ref Unsafe.As<Cell<LineRow>>(item!).Value;
                writers[0].WriteValue(cell.Line.Id, at);
                writers[1].WriteValue(cell.Line.OrderId, at);
                writers[2].WriteValue(cell.Line.ProductId, at);
                writers[3].WriteValue(cell.Line.Quantity, at);
                writers[4].WriteValue(cell.Line.UnitPrice, at);
                WriteOrNull(writers[5], cell.WithoutDiscount, cell.Line.Discount, at);
                writers[6].WriteValue(cell.Line.Subtotal, at);
                writers[7].WriteValue(cell.UpdatedAt, at);
            });
    }

    /// <summary>A query for all rows of a table that arrive with the batch, with the contract's columns and types.</summary>
    public static string Select(TableContract table, ShopGenerator shop) =>
        table.Name == Shop.Customers.Name ? Select(table, 0, shop.Customers.Count)
        : table.Name == Shop.Products.Name ? Select(table, 0, shop.Products.Count)
        : Select(table, shop.Orders.First, shop.Orders.End);

    /// <summary>
    /// A query for a range of a table's rows: of its own rows for customers and products, of orders for orders and lines (an order's lines
    /// are where the order is).
    /// </summary>
    public static string Select(TableContract table, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"select {string.Join(", ", table.Columns.Select(Column))} from {Function(table)}({from}, {to})");

    private static string Column(ColumnContract column) => column.Type switch
    {
        "timestamptz" => $"make_timestamptz({column.Name}) as {column.Name}",
        var type when type.StartsWith("decimal", StringComparison.Ordinal) => $"({column.Name}::decimal(14, 0) * 0.01)::{type} as {column.Name}",
        _ => column.Name,
    };

    private static string Function(TableContract table) => $"generated_{table.Name}";

    private static ColumnInfo Col<T>(string name) => new(name, typeof(T));

    private static void WriteOrNull<T>(IDuckDBDataWriter writer, bool isNull, T value, ulong at)
    {
        if (isNull)
            writer.WriteNull(at);
        else
            writer.WriteValue(value, at);
    }

    private static IEnumerable<Cell<CustomerRow>> Customers(ShopGenerator shop, long from, long to)
    {
        var cell = new Cell<CustomerRow>();
        for (var row = from; row < to; row++)
        {
            cell.Value = new CustomerRow(shop.Customers[row], shop.Defects.LosesEmail(row));
            yield return cell;
        }
    }

    private static IEnumerable<Cell<Product>> Products(ShopGenerator shop, long from, long to)
    {
        var cell = new Cell<Product>();
        for (var row = from; row < to; row++)
        {
            cell.Value = shop.Products[row];
            yield return cell;
        }
    }

    private static IEnumerable<Cell<OrderRow>> Orders(ShopGenerator shop, long from, long to)
    {
        var cell = new Cell<OrderRow>();
        foreach (var (order, _) in shop.Arriving(from, to))
        {
            var shipped = shop.Defects.LosesShippedDate(order.Row) ? null : order.ShippedDate;
            cell.Value = new OrderRow(order, shipped, order.UpdatedAt);
            yield return cell;

            if (shop.Defects.SecondOrder(order.Row) is > 0 and var later)
            {
                cell.Value = new OrderRow(order, shipped, order.UpdatedAt + later);
                yield return cell;
            }
        }
    }

    private static IEnumerable<Cell<LineRow>> Lines(ShopGenerator shop, long from, long to)
    {
        var cell = new Cell<LineRow>();
        foreach (var (order, book) in shop.Arriving(from, to))
        {
            for (var number = 0; number < order.Lines; number++)
            {
                var line = book.Line(order, number);
                var withoutDiscount = shop.Defects.LosesDiscount(line.Row);
                cell.Value = new LineRow(line, withoutDiscount, line.UpdatedAt);
                yield return cell;

                if (shop.Defects.SecondLine(line.Row) is > 0 and var later)
                {
                    cell.Value = new LineRow(line, withoutDiscount, line.UpdatedAt + later);
                    yield return cell;
                }
            }
        }
    }

    private sealed class Cell<T>
    {
        public T Value = default!;
    }

    private readonly record struct CustomerRow(Customer Customer, bool WithoutEmail);

    private readonly record struct OrderRow(Order Order, long? ShippedDate, long UpdatedAt);

    private readonly record struct LineRow(OrderLine Line, bool WithoutDiscount, long UpdatedAt);
}
