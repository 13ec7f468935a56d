using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>The orders of one batch with their lines, by row number, in the order of their dates.</summary>
public sealed class OrderBook
{
    private const int OrderTable = 3;
    private const int LineTable = 4;

    // Two neighbouring orders share this many lines: s and 6 - s. So orders and lines find each other without counting.
    private const int LinesOfPair = 6;

    private static readonly AliasTable s_lineCounts = new([56, 64, 64, 48, 24]);
    private static readonly AliasTable s_quantities = new([176, 50, 18, 8, 4]);
    private static readonly AliasTable s_discountSteps = new([0.4, 0.35, 0.15, 0.1]);

    private readonly BatchPlan _plan;
    private readonly CustomerBase _customers;
    private readonly ProductCatalogue _products;
    private readonly SalesCurve _curve;
    private readonly OrderLifecycle _lifecycle;

    private readonly RandomUuids _orderIds;
    private readonly RandomColumn _jitter;
    private readonly RandomColumn _customer;
    private readonly RandomColumn _lineCount;
    private readonly RandomUuids _lineIds;
    private readonly RandomColumn _product;
    private readonly RandomColumn _quantity;
    private readonly RandomColumn _discounted;
    private readonly RandomColumn _discountStep;

    /// <summary>The orders that the plan describes.</summary>
    public OrderBook(BatchPlan plan, CustomerBase customers, ProductCatalogue products)
    {
        _plan = plan;
        _customers = customers;
        _products = products;
        _curve = new SalesCurve(Micros.From(plan.From), Micros.From(plan.To));
        _lifecycle = new OrderLifecycle(plan.Seed, OrderTable);

        _orderIds = new RandomUuids(plan.Seed, OrderTable);
        _jitter = new RandomColumn(plan.Seed, OrderTable, 3);
        _customer = new RandomColumn(plan.Seed, OrderTable, 4);
        _lineCount = new RandomColumn(plan.Seed, OrderTable, 5);
        _lineIds = new RandomUuids(plan.Seed, LineTable);
        _product = new RandomColumn(plan.Seed, LineTable, 3);
        _quantity = new RandomColumn(plan.Seed, LineTable, 4);
        _discounted = new RandomColumn(plan.Seed, LineTable, 5);
        _discountStep = new RandomColumn(plan.Seed, LineTable, 6);
    }

    /// <summary>The batch's plan.</summary>
    public BatchPlan Plan => _plan;

    /// <summary>Row number of the first order.</summary>
    public long First => _plan.FirstOrder;

    /// <summary>Row number after the last order.</summary>
    public long End => _plan.FirstOrder + _plan.Orders;

    /// <summary>When the order of a row was placed; rises with the row.</summary>
    public long DateOf(long row) => _curve.At((row - _plan.FirstOrder + _jitter.Unit(row)) / _plan.Orders);

    /// <summary>An order in its state at <paramref name="clock"/> (the batch's end if not given).</summary>
    public Order Order(long row, long? clock = null)
    {
        var date = DateOf(row);
        var customer = _customers.Draw(date, _customer.Unit(row));
        var (first, lines) = LinesOf(row);
        var promotion = SalesCalendar.IsPromotion(Micros.ToUtc(date));
        var total = 0L;
        for (var line = first; line < first + lines; line++)
            total += Terms(line, promotion).Subtotal;

        var state = _lifecycle.At(row, date, clock ?? Micros.From(_plan.To));
        return new Order(
            row, _orderIds[row], customer, _customers.Id(customer), Shop.OrderStatuses[(int)state.Status],
            total, date, state.ShippedDate, state.Since, first, lines);
    }

    /// <summary>A line of an order, 0 to <see cref="Generation.Order.Lines"/> - 1.</summary>
    public OrderLine Line(in Order order, int number)
    {
        var row = order.FirstLine + number;
        var terms = Terms(row, SalesCalendar.IsPromotion(Micros.ToUtc(order.OrderDate)));
        return new OrderLine(
            row, _lineIds[row], order.Id, terms.Product, _products.Id(terms.Product),
            terms.Quantity, terms.UnitPrice, terms.Discount, terms.Subtotal, order.OrderDate);
    }

    private (long First, int Count) LinesOf(long row)
    {
        var pair = row >> 1;
        var s = s_lineCounts.Pick(_lineCount[pair]) + 1;
        return (row & 1) == 0 ? (pair * LinesOfPair, s) : (pair * LinesOfPair + s, LinesOfPair - s);
    }

    private LineTerms Terms(long row, bool promotion)
    {
        var product = _products.Draw(_product[row]);
        var quantity = s_quantities.Pick(_quantity[row]) + 1;
        var price = _products.Price(product);
        var gross = price * quantity;
        // 5, 10, 15 or 20 % off; a promotion discounts three times as many lines.
        var discount = _discounted.Hits(row, promotion ? 0.45 : 0.15)
            ? gross * (s_discountSteps.Pick(_discountStep[row]) + 1) / 20
            : 0;
        return new LineTerms(product, quantity, price, discount, gross - discount);
    }

    private readonly record struct LineTerms(int Product, int Quantity, long UnitPrice, long Discount, long Subtotal);
}
