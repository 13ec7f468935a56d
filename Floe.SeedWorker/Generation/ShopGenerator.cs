namespace Floe.SeedWorker.Generation;

/// <summary>
/// The shop as a batch sees it: its customers and products, the orders of the batch, and what went wrong with them on the way to the raw
/// tables. A pure function of the plan; holds the customers' and products' tables, nothing per order.
/// </summary>
public sealed class ShopGenerator
{
    private readonly OrderBook? _previousOrders;
    private readonly Defects? _previousDefects;

    /// <summary>The shop of a plan.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="previous">The batch before it, whose late arrivals come with this one; null for the first.</param>
    public ShopGenerator(BatchPlan plan, BatchPlan? previous = null)
    {
        Plan = plan;
        Customers = new CustomerBase(plan);
        Products = new ProductCatalogue(plan);
        Orders = new OrderBook(plan, Customers, Products);
        Defects = new Defects(plan);
        if (previous is { LateArrivalRate: > 0 })
        {
            _previousOrders = new OrderBook(previous, Customers, Products);
            _previousDefects = new Defects(previous);
        }
    }

    /// <summary>The batch.</summary>
    public BatchPlan Plan { get; }

    /// <summary>The truth: customers.</summary>
    public CustomerBase Customers { get; }

    /// <summary>The truth: products.</summary>
    public ProductCatalogue Products { get; }

    /// <summary>The truth: the batch's orders and lines.</summary>
    public OrderBook Orders { get; }

    /// <summary>What is laid over the truth.</summary>
    public Defects Defects { get; }

    /// <summary>
    /// The orders that arrive with this batch, in their state at its clock: first the late ones of the batch before, then its own from
    /// <paramref name="from"/> to <paramref name="to"/> without those that will be late. A share of the work is a range of rows; the late
    /// ones belong to the range that has the batch's first order.
    /// </summary>
    public IEnumerable<ArrivingOrder> Arriving(long from, long to)
    {
        var clock = Micros.From(Plan.To);
        if (from == Orders.First && _previousOrders is { } book && _previousDefects is { } defects)
        {
            for (var row = book.First; row < book.End; row++)
            {
                if (defects.IsLate(row, book.DateOf(row)))
                    yield return new ArrivingOrder(book.Order(row, clock), book);
            }
        }

        for (var row = from; row < to; row++)
        {
            if (!Defects.IsLate(row, Orders.DateOf(row)))
                yield return new ArrivingOrder(Orders.Order(row), Orders);
        }
    }
}
