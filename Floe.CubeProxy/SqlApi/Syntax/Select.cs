namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>A SELECT as it was written.</summary>
internal sealed record Select
{
    public required bool IsDistinct { get; init; }
    public required IReadOnlyList<SelectItem> Items { get; init; }
    public required IReadOnlyList<FromItem> From { get; init; }
    public required Expression? Where { get; init; }
    public required IReadOnlyList<Expression> GroupBy { get; init; }
    public required Expression? Having { get; init; }
    public required IReadOnlyList<OrderKey> OrderBy { get; init; }
    public required Expression? Limit { get; init; }
    public required Expression? Offset { get; init; }
}

internal sealed record SelectItem(Expression Expression, string? Alias);

/// <param name="NullsFirst">Null: as PostgreSQL does it, first when descending.</param>
internal sealed record OrderKey(Expression Expression, bool Descending, bool? NullsFirst);

/// <summary>A table of the FROM clause, or a query in its place.</summary>
/// <param name="On">The condition it is joined by; null for the first, and for CROSS JOIN.</param>
internal sealed record FromItem(string? Name, Select? Query, string? Alias, Expression? On, int Position);
