using Floe.CubeProxy.Model;

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
    ResolvedQuery Members)
{
    /// <summary>All rows, in no order: what others can be built around.</summary>
    public required PlanBody Body { get; init; }

    /// <summary>How the cubes are joined.</summary>
    public required JoinTree Joins { get; init; }

    /// <summary>True when the query's joins repeat rows that the measure is made of.</summary>
    internal bool Repeats(Measure measure) => Aggregates.Leaves(measure).Any(leaf => Joins.Multiplies(leaf.Cube));
}

/// <summary>A query without order and page, and the values of its parameters alone.</summary>
public sealed record PlanBody(string Sql, IReadOnlyList<object> Parameters);
