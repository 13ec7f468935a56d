namespace Floe.CubeProxy.Query;

/// <summary>One key of a query's order.</summary>
public readonly record struct OrderItem(string Member, bool Descending);
