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
