namespace Floe.SeedWorker.Generation;

/// <summary>When the orders of one batch were placed, and which of them are late. Times in <see cref="Micros"/>.</summary>
/// <param name="FirstOrder">Row number of its first order.</param>
/// <param name="Orders">Number of orders.</param>
/// <param name="From">Start of the period, inclusive.</param>
/// <param name="To">End of the period, exclusive, and the clock of the batch.</param>
/// <param name="LateRate">Share of orders that arrive late, see <see cref="GenerationOptions.LateArrivalRate"/>.</param>
/// <param name="MaxLateDays">Most days that an order arrives late, see <see cref="GenerationOptions.MaxLateDays"/>.</param>
public readonly record struct OrderPeriod(long FirstOrder, long Orders, long From, long To, double LateRate, int MaxLateDays)
{
    /// <summary>Row number after its last order.</summary>
    public long EndOrder => FirstOrder + Orders;

    /// <summary>From this moment on nothing happens to its orders any more: the last has arrived and is delivered or cancelled.</summary>
    public long SettledAt => To + Math.Max(OrderLifecycle.Longest, LateRate > 0 ? MaxLateDays * Micros.PerDay : 0);
}
