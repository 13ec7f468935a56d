namespace Floe.SeedWorker.Generation;

/// <summary>State of an order at a moment. Times in <see cref="Micros"/>.</summary>
/// <param name="Status">The state.</param>
/// <param name="Since">When it got there.</param>
/// <param name="Until">When the next state begins; <see cref="long.MaxValue"/> for the last.</param>
/// <param name="ShippedDate">When it was shipped; empty before.</param>
public readonly record struct OrderState(OrderStatus Status, long Since, long Until, long? ShippedDate);
