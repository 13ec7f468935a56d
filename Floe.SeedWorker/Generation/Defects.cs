using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// What goes wrong between the truth and the raw tables, at known rates and by row number, so that it can be told apart again: missing
/// values, rows that arrive twice, orders that arrive in a later batch. Times in <see cref="Micros"/>.
/// </summary>
public sealed class Defects
{
    private const int TableId = 5;
    private const int States = 8;

    private readonly double _nullRate;
    private readonly double _duplicateRate;
    private readonly long _clock;
    private readonly RandomColumn _email;
    private readonly RandomColumn _shippedDate;
    private readonly RandomColumn _discount;
    private readonly RandomColumn _duplicateOrder;
    private readonly RandomColumn _duplicateLine;
    private readonly RandomColumn _late;
    private readonly RandomColumn _delay;

    /// <summary>The defects of a batch.</summary>
    public Defects(BatchPlan plan)
    {
        _nullRate = plan.NullRate;
        _duplicateRate = plan.DuplicateRate;
        _clock = Micros.From(plan.To);
        _email = new RandomColumn(plan.Seed, TableId, 1);
        _shippedDate = new RandomColumn(plan.Seed, TableId, 2);
        _discount = new RandomColumn(plan.Seed, TableId, 3);
        _duplicateOrder = new RandomColumn(plan.Seed, TableId, 4);
        _duplicateLine = new RandomColumn(plan.Seed, TableId, 5);
        _late = new RandomColumn(plan.Seed, TableId, 6);
        _delay = new RandomColumn(plan.Seed, TableId, 7);
    }

    /// <summary>Whether a customer's e-mail address is missing.</summary>
    public bool LosesEmail(long customer) => _email.Hits(customer, _nullRate);

    /// <summary>Whether a shipped order's date of shipping is missing, in all its versions.</summary>
    public bool LosesShippedDate(long order) => _shippedDate.Hits(order, _nullRate);

    /// <summary>Whether a line's discount is missing.</summary>
    public bool LosesDiscount(long line) => _discount.Hits(line, _nullRate);

    /// <summary>
    /// When an order arrives: with the batch of its period, or one to <see cref="OrderPeriod.MaxLateDays"/> days after it was placed. It comes
    /// with the first batch whose clock has reached that moment.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long ArrivesAt(in OrderPeriod period, long order, long date) => _late.Hits(order, period.LateRate)
        ? Math.Max(period.To, date + Micros.PerDay + (long)(_delay.Unit(order) * ((period.MaxLateDays - 1) * Micros.PerDay)))
        : period.To;

    /// <summary>
    /// When the second copy of an order says that it was updated; 0 when there is none. Up to 90 minutes after the first, before the order's
    /// next state, and not after the clock: the copy never hides something newer.
    /// </summary>
    public long SecondOrder(long order, in OrderState state) => Second(_duplicateOrder, order * States + (int)state.Status, state.Since, state.Until);

    /// <summary>As <see cref="SecondOrder"/>, for a line of an order that was placed at <paramref name="date"/>.</summary>
    public long SecondLine(long line, long date) => Second(_duplicateLine, line, date, long.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Second(RandomColumn column, long row, long first, long next)
    {
        if (!column.Hits(row, _duplicateRate))
            return 0;
        var last = Math.Min(Math.Min(first + 90 * Micros.PerMinute, next - 1), _clock);
        return last <= first ? 0 : first + 1 + (long)((column[row] & 0xFFFF_FFFF) * (ulong)(last - first) >> 32);
    }
}
