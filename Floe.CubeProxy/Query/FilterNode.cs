namespace Floe.CubeProxy.Query;

/// <summary>A condition, or several combined.</summary>
public abstract record FilterNode;

/// <summary>Several conditions, of which all (<c>and</c>) or one (<c>or</c>) must hold.</summary>
public sealed record FilterGroup(bool IsAnd, IReadOnlyList<FilterNode> Filters) : FilterNode;

/// <summary>A condition that always holds; the SQL API's, REST has none.</summary>
public sealed record TrueFilter : FilterNode;

/// <summary>A condition on one member.</summary>
/// <param name="Operator">One of <see cref="FilterOperators"/>.</param>
/// <param name="Values">Null when the operator takes none.</param>
public sealed record MemberFilter(string Member, string Operator, IReadOnlyList<string?>? Values) : FilterNode;
