namespace Floe.SeedWorker.Generation;

/// <summary>What does not change about an order: when and by whom it was placed, its total in cents, its lines.</summary>
internal readonly record struct OrderFacts(long Date, int Customer, long Total, long FirstLine, int Lines);
