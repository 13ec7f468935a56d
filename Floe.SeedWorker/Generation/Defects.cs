namespace Floe.SeedWorker.Generation;

/// <summary>
/// What goes wrong between the truth and the raw tables, at known rates and by row number, so that it can be told apart again: missing
/// values, rows that arrive twice, orders that arrive a batch late.
/// </summary>
public sealed class Defects
{
    private const int TableId = 5;

    private readonly double _nullRate;
    private readonly double _duplicateRate;
    private readonly double _lateRate;
    private readonly long _lateFrom;
    private readonly RandomColumn _email;
    private readonly RandomColumn _shippedDate;
    private readonly RandomColumn _discount;
    private readonly RandomColumn _duplicateOrder;
    private readonly RandomColumn _duplicateLine;
    private readonly RandomColumn _late;

    /// <summary>The defects of a batch.</summary>
    public Defects(BatchPlan plan)
    {
        _nullRate = plan.NullRate;
        _duplicateRate = plan.DuplicateRate;
        _lateRate = plan.LateArrivalRate;
        _lateFrom = Micros.From(plan.To.AddDays(-plan.MaxLateDays));
        _email = new RandomColumn(plan.Seed, TableId, 1);
        _shippedDate = new RandomColumn(plan.Seed, TableId, 2);
        _discount = new RandomColumn(plan.Seed, TableId, 3);
        _duplicateOrder = new RandomColumn(plan.Seed, TableId, 4);
        _duplicateLine = new RandomColumn(plan.Seed, TableId, 5);
        _late = new RandomColumn(plan.Seed, TableId, 6);
    }

    /// <summary>Whether a customer's e-mail address is missing.</summary>
    public bool LosesEmail(long customer) => _email.Hits(customer, _nullRate);

    /// <summary>Whether a shipped order's date of shipping is missing.</summary>
    public bool LosesShippedDate(long order) => _shippedDate.Hits(order, _nullRate);

    /// <summary>Whether a line's discount is missing.</summary>
    public bool LosesDiscount(long line) => _discount.Hits(line, _nullRate);

    /// <summary>Whether an order arrives with the next batch.</summary>
    public bool IsLate(long order, long orderDate) => orderDate >= _lateFrom && _late.Hits(order, _lateRate);

    /// <summary>How much later than the first an order's second copy says it was updated, 0 when there is none: 1 to 90 minutes.</summary>
    public long SecondOrder(long order) => Second(_duplicateOrder, order);

    /// <summary>As <see cref="SecondOrder"/>, for a line.</summary>
    public long SecondLine(long line) => Second(_duplicateLine, line);

    private long Second(RandomColumn column, long row) =>
        column.Hits(row, _duplicateRate) ? (1 + (long)(column[row] % 90)) * Micros.PerMinute : 0;
}
