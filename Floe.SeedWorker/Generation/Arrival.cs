namespace Floe.SeedWorker.Generation;

/// <summary>An order that a batch brings to the raw tables.</summary>
/// <param name="Book">The book that has the order and its lines.</param>
/// <param name="Row">Row number of the order.</param>
/// <param name="Date">When it was placed, in <see cref="Micros"/>.</param>
/// <param name="InPromotion">Whether that was in a promotion.</param>
/// <param name="IsFirst">Whether it was not in the tables before: then its lines come with it. Else it is a newer state of an order that is there.</param>
public readonly record struct Arrival(OrderBook Book, long Row, long Date, bool InPromotion, bool IsFirst);
