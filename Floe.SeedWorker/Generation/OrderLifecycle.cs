namespace Floe.SeedWorker.Generation;

/// <summary>
/// What becomes of an order: its whole future is fixed by its row number, and a clock only decides how much of it has happened. Pending
/// until the payment clears (1 to 30 hours), processing until shipped (another 8 to 64 hours), delivered 2 to 6 days later; 6 % are
/// cancelled before they ship.
/// </summary>
public readonly struct OrderLifecycle(long seed, int table)
{
    /// <summary>Share of orders that end cancelled.</summary>
    public const double CancelledShare = 0.06;

    private readonly RandomColumn _cancelled = new(seed, table, 6);
    private readonly RandomColumn _cancelAt = new(seed, table, 7);
    private readonly RandomColumn _paid = new(seed, table, 8);
    private readonly RandomColumn _shipped = new(seed, table, 9);
    private readonly RandomColumn _delivered = new(seed, table, 10);

    /// <summary>The state at <paramref name="clock"/> of the order that was placed at <paramref name="placed"/>.</summary>
    public OrderState At(long row, long placed, long clock)
    {
        var paid = placed + Micros.PerHour + _paid.Below(row, 29 * Micros.PerHour);
        var shipped = paid + 8 * Micros.PerHour + _shipped.Below(row, 56 * Micros.PerHour);

        if (_cancelled.Hits(row, CancelledShare))
        {
            var cancelled = placed + 10 * Micros.PerMinute + (long)(_cancelAt.Unit(row) * (shipped - placed - 20 * Micros.PerMinute));
            if (cancelled <= clock)
                return new OrderState(OrderStatus.Cancelled, cancelled, null);
        }

        var delivered = shipped + 2 * Micros.PerDay + _delivered.Below(row, 4 * Micros.PerDay);
        if (delivered <= clock)
            return new OrderState(OrderStatus.Delivered, delivered, shipped);
        if (shipped <= clock)
            return new OrderState(OrderStatus.Shipped, shipped, shipped);
        return paid <= clock
            ? new OrderState(OrderStatus.Processing, paid, null)
            : new OrderState(OrderStatus.Pending, placed, null);
    }
}
