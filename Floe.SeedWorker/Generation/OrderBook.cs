using System.Runtime.CompilerServices;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>The orders of one period with their lines, by row number, in the order of their dates.</summary>
public sealed class OrderBook
{
    private const int OrderTable = 3;
    private const int LineTable = 4;

    // Shares of 256 for 1 to 5 lines of the first of two neighbouring orders that have six together.
    private static readonly byte[] s_lineCounts = Shares(56, 64, 64, 48, 24);
    private static readonly byte[] s_quantities = Shares(176, 50, 18, 8, 4);
    private static readonly byte[] s_discountSteps = Shares(102, 90, 38, 26);

    private readonly CustomerBase _customers;
    private readonly ProductCatalogue _products;
    private readonly LineNumbers _lineNumbers;
    private readonly SalesCurve _curve;
    private readonly OrderLifecycle _lifecycle;
    private readonly double _perOrder;

    private readonly RandomUuids _orderIds;
    private readonly RandomColumn _jitter;
    private readonly RandomColumn _customer;
    private readonly RandomColumn _lineCount;
    private readonly RandomUuids _lineIds;
    private readonly RandomColumn _product;
    private readonly RandomColumn _terms;

    /// <summary>The orders of a period of the shop that the plan describes.</summary>
    public OrderBook(BatchPlan plan, OrderPeriod period, CustomerBase customers, ProductCatalogue products)
    {
        Period = period;
        Clock = Micros.From(plan.To);
        _customers = customers;
        _products = products;
        _lineNumbers = new LineNumbers(plan.Lines, plan.LinesPerOrders);
        _curve = new SalesCurve(period.From, period.To);
        _lifecycle = new OrderLifecycle(plan.Seed, OrderTable);
        _perOrder = 1.0 / period.Orders;

        _orderIds = new RandomUuids(plan.Seed, OrderTable);
        _jitter = new RandomColumn(plan.Seed, OrderTable, 3);
        _customer = new RandomColumn(plan.Seed, OrderTable, 4);
        _lineCount = new RandomColumn(plan.Seed, OrderTable, 5);
        _lineIds = new RandomUuids(plan.Seed, LineTable);
        _product = new RandomColumn(plan.Seed, LineTable, 3);
        _terms = new RandomColumn(plan.Seed, LineTable, 4);
    }

    /// <summary>When the orders were placed.</summary>
    public OrderPeriod Period { get; }

    /// <summary>The clock of the batch, in <see cref="Micros"/>: orders are in their state at this moment.</summary>
    public long Clock { get; }

    /// <summary>Row number of the first order.</summary>
    public long First => Period.FirstOrder;

    /// <summary>Row number after the last order.</summary>
    public long End => Period.EndOrder;

    /// <summary>When the order of a row was placed; rises with the row.</summary>
    public long DateOf(long row) => _curve.At(Share(row));

    /// <summary>As the other overload; tells too whether that moment is in a promotion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal long DateOf(long row, out bool promotion) => _curve.At(Share(row), out promotion);

    /// <summary>The first row that was placed at or after a moment.</summary>
    public long FirstSince(long moment)
    {
        var (low, high) = (First, End);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (DateOf(middle) < moment)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>The state at a moment of the order of a row that was placed at <paramref name="date"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OrderState StateAt(long row, long date, long clock) => _lifecycle.At(row, date, clock);

    /// <summary>An order in its state at <paramref name="clock"/> (the batch's if not given).</summary>
    public Order Order(long row, long? clock = null)
    {
        var facts = Facts(row);
        var state = _lifecycle.At(row, facts.Date, clock ?? Clock);
        return new Order(
            row, _orderIds[row], facts.Customer, _customers.Id(facts.Customer), Shop.OrderStatuses[(int)state.Status],
            facts.Total, facts.Date, state.ShippedDate, state.Since, facts.FirstLine, facts.Lines);
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

    /// <summary>What does not change about an order.</summary>
    internal OrderFacts Facts(long row)
    {
        var date = _curve.At(Share(row), out var promotion);
        return Facts(row, date, promotion);
    }

    /// <summary>As the other overload, for an order whose date is known already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal OrderFacts Facts(long row, long date, bool promotion)
    {
        var (first, lines) = LinesOf(row);
        var total = 0L;
        for (var line = first; line < first + lines; line++)
            total += Terms(line, promotion).Subtotal;
        return new OrderFacts(date, _customers.Draw(date, _customer, row), total, first, lines);
    }

    /// <summary>The lines of an order: row number of the first, and how many follow one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal (long First, int Count) LinesOf(long row) => _lineNumbers.Of(row, _lineCount[row >> 1], s_lineCounts);

    /// <summary>What is sold in a line, and for how much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LineTerms Terms(long line, bool promotion)
    {
        // One random number has all that is small.
        var chance = _terms[line];
        var product = _products.Draw(_product[line]);
        var quantity = s_quantities[(byte)chance] + 1;
        var price = _products.Price(product);
        var gross = price * quantity;
        // 5, 10, 15 or 20 % off; a promotion discounts three times as many lines.
        var discounted = (uint)(chance >> 32) < (promotion ? (uint)(0.45 * uint.MaxValue) : (uint)(0.15 * uint.MaxValue));
        var discount = discounted ? gross * (s_discountSteps[(byte)(chance >> 8)] + 1) / 20 : 0;
        return new LineTerms(product, quantity, price, discount, gross - discount);
    }

    internal (ulong High, ulong Low) OrderId(long row) => _orderIds.Halves(row);

    internal (ulong High, ulong Low) LineId(long line) => _lineIds.Halves(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Share(long row) => (row - First + _jitter.Unit(row)) * _perOrder;

    // 256 entries, so that a byte of a random number finds one.
    private static byte[] Shares(params ReadOnlySpan<int> of256)
    {
        var table = new byte[256];
        var at = 0;
        for (byte i = 0; i < of256.Length; i++)
        {
            for (var n = 0; n < of256[i]; n++)
                table[at++] = i;
        }

        return table;
    }
}
