namespace Floe.SeedWorker.Generation;

/// <summary>
/// The shop as a batch sees it: its customers and products, the orders of the batch, what has become of the orders before, and what went
/// wrong with all of them on the way to the raw tables. A pure function of the plan; holds a table of products, nothing per customer or order.
/// </summary>
public sealed class ShopGenerator
{
    private readonly IReadOnlyList<OrderPeriod> _before;
    private readonly long _since;

    /// <summary>The shop of a plan.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="same">Another batch of the same shop, whose customers and products are used again.</param>
    public ShopGenerator(BatchPlan plan, ShopGenerator? same = null)
    {
        Plan = plan;
        Customers = same?.Customers ?? new CustomerBase(plan);
        Products = same?.Products ?? new ProductCatalogue(plan);
        Orders = new OrderBook(plan, plan.Period, Customers, Products);
        Defects = new Defects(plan);
        _since = Micros.From(plan.From);
        _before = plan.RecentPeriods();
        FirstArriving = _before.Count == 0 ? Orders.First : FirstUnsettled(Book(_before[0]));
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

    /// <summary>The first row of which something may arrive with this batch; the last is the last of <see cref="Orders"/>.</summary>
    public long FirstArriving { get; }

    /// <summary>
    /// What arrives with this batch of the orders in a range of rows: of earlier batches the late ones whose time has come and those that got
    /// into a new state since, then the batch's own without those that will be late. Ranges that make up the whole give the whole.
    /// </summary>
    public Arrivals Arriving(long from, long to) => new(Books(from, to), Defects, _since);

    // One after the other: there may be many short periods, each with a curve of its own.
    private IEnumerable<(OrderBook Book, long From, long To)> Books(long from, long to)
    {
        foreach (var period in _before)
        {
            if (period.EndOrder <= from || period.FirstOrder >= to)
                continue;
            var book = Book(period);
            yield return (book, Math.Max(from, FirstUnsettled(book)), Math.Min(to, book.End));
        }

        yield return (Orders, Math.Max(from, Orders.First), Math.Min(to, Orders.End));
    }

    private OrderBook Book(OrderPeriod period) => new(Plan, period, Customers, Products);

    // Of the first period's rows, which may be the shop's whole history, only the youngest can still change.
    private long FirstUnsettled(OrderBook book) => book.FirstSince(_since - (book.Period.SettledAt - book.Period.To));
}
