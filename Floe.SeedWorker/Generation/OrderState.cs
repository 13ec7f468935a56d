namespace Floe.SeedWorker.Generation;

/// <summary>State of an order at a moment.</summary>
/// <param name="Status">The state.</param>
/// <param name="Since">When it got there.</param>
/// <param name="ShippedDate">When it was shipped; empty before.</param>
public readonly record struct OrderState(OrderStatus Status, long Since, long? ShippedDate);
