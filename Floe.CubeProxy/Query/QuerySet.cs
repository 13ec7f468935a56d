namespace Floe.CubeProxy.Query;

/// <summary>Several queries answered together.</summary>
public sealed record QuerySet(QueryType Type, IReadOnlyList<CubeQuery> Queries);
