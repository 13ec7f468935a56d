namespace Floe.SeedWorker.Generation;

/// <summary>An order of the truth that arrives with a batch, and the book that has its lines.</summary>
public readonly record struct ArrivingOrder(Order Order, OrderBook Book);
