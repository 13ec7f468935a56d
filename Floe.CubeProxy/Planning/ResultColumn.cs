namespace Floe.CubeProxy.Planning;

/// <summary>A column of the result.</summary>
/// <param name="Key">The key of the value in a result row: <c>Orders.count</c>, <c>Orders.order_date.month</c>.</param>
/// <param name="Alias">The column's name in SQL.</param>
/// <param name="AlsoAs">The finest granularity of a time dimension is given under the dimension's own name, too.</param>
public sealed record ResultColumn(string Key, string Alias, string? AlsoAs = null);
