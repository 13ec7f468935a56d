using System.Runtime.CompilerServices;

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

    /// <summary>After so long every order is in its last state, in <see cref="Micros"/>.</summary>
    public const long Longest = 10 * Micros.PerDay;

    private readonly RandomColumn _cancelled = new(seed, table, 6);
    private readonly RandomColumn _cancelAt = new(seed, table, 7);
    private readonly RandomColumn _pace = new(seed, table, 8);

    /// <summary>The state at <paramref name="clock"/> of the order that was placed at <paramref name="placed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OrderState At(long row, long placed, long clock)
    {
        // One random number has the three durations: a draw costs as much as the rest.
        var pace = _pace[row];
        var paid = placed + Micros.PerHour + Share(pace, 29 * Micros.PerHour);
        var shipped = paid + 8 * Micros.PerHour + Share(pace >> 21, 56 * Micros.PerHour);

        var cancelled = long.MaxValue;
        if (_cancelled.Hits(row, CancelledShare))
        {
            cancelled = placed + 10 * Micros.PerMinute + (long)(_cancelAt.Unit(row) * (shipped - placed - 20 * Micros.PerMinute));
            if (cancelled <= clock)
                return new OrderState(OrderStatus.Cancelled, cancelled, long.MaxValue, null);
        }

        if (clock < paid)
            return new OrderState(OrderStatus.Pending, placed, Math.Min(paid, cancelled), null);
        if (clock < shipped)
            return new OrderState(OrderStatus.Processing, paid, Math.Min(shipped, cancelled), null);
        var delivered = shipped + 2 * Micros.PerDay + Share(pace >> 42, 4 * Micros.PerDay);
        return clock < delivered
            ? new OrderState(OrderStatus.Shipped, shipped, delivered, shipped)
            : new OrderState(OrderStatus.Delivered, delivered, long.MaxValue, shipped);
    }

    // The lowest 21 bits as a share of a duration.
    private static long Share(ulong bits, long of) => (long)(bits & 0x1F_FFFF) * of >> 21;
}
