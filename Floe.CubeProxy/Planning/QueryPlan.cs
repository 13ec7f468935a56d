namespace Floe.CubeProxy.Planning;

/// <summary>SQL for one query, with everything needed to run it and to name its result.</summary>
/// <param name="Parameters">Values of <c>$1</c>, <c>$2</c>, … : every value that came with the request.</param>
/// <param name="CountSql">Counts all rows (<c>total: true</c>), with the same parameters; null when not asked for.</param>
public sealed record QueryPlan(
    string Sql,
    IReadOnlyList<object> Parameters,
    IReadOnlyList<ResultColumn> Columns,
    string? CountSql,
    IReadOnlyList<(string Member, bool Descending)> Order,
    ResolvedQuery Members);

/// <param name="Key">The key of the value in a result row: <c>Orders.count</c>, <c>Orders.order_date.month</c>.</param>
/// <param name="Alias">The column's name in SQL.</param>
/// <param name="AlsoAs">The finest granularity of a time dimension is given under the dimension's own name, too.</param>
public sealed record ResultColumn(string Key, string Alias, string? AlsoAs = null);
