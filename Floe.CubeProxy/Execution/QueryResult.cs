namespace Floe.CubeProxy.Execution;

/// <summary>Rows as the API gives them: a value is null, a string (numbers and times included) or a boolean.</summary>
/// <param name="Total">All rows regardless of the limit; null when not asked for.</param>
public sealed record QueryResult(IReadOnlyList<object?[]> Rows, long? Total);
