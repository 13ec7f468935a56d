namespace Floe.SeedWorker.Generation;

/// <summary>What is sold in a line, money in cents.</summary>
internal readonly record struct LineTerms(int Product, int Quantity, long UnitPrice, long Discount, long Subtotal);
