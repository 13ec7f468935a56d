namespace Floe.CubeProxy.Model;

/// <summary>One part of a model's SQL text: plain SQL, or a reference in braces.</summary>
public abstract record SqlPart
{
    public sealed record Literal(string Sql) : SqlPart;

    /// <summary><c>{CUBE}</c>, <c>{Customers}</c>, <c>{Orders.Customers}</c>: the alias of a cube's table.</summary>
    /// <param name="Way">The cubes to join on the way to it, itself the last; empty: found by the planner.</param>
    public sealed record CubeAlias(Cube Cube, IReadOnlyList<Cube> Way) : SqlPart;

    /// <summary><c>{total_revenue}</c>, <c>{CUBE.status}</c>, <c>{Orders.count}</c>, <c>{Orders.Customers.region}</c>: another member's SQL.</summary>
    /// <param name="Way">The cubes to join on the way to its cube, that one the last; empty: found by the planner.</param>
    public sealed record MemberReference(Member Member, IReadOnlyList<Cube> Way) : SqlPart;

    /// <summary><c>{FILTER_PARAMS.Orders.status.filter('status')}</c>: the query's conditions on these dimensions, written for the columns named here.</summary>
    public sealed record FilterParams(IReadOnlyList<FilterColumn> Columns) : SqlPart;

    /// <summary>A reference that is not bound to the model yet.</summary>
    internal sealed record Unbound(string Path, SourcePlace Place) : SqlPart;

    /// <summary>Filter parameters that are not bound to the model yet.</summary>
    internal sealed record UnboundFilterParams(IReadOnlyList<(string Cube, string Member, string Column)> Columns, SourcePlace Place) : SqlPart;
}

/// <summary>A dimension whose conditions are wanted, and the SQL that stands for its column there.</summary>
public sealed record FilterColumn(Dimension Dimension, string Sql);
