namespace Floe.CubeProxy.Query;

/// <summary>What a query asks of a time dimension: to group by it, to limit it, or both.</summary>
/// <param name="DateRange">From and to, local to the query's time zone, both included, as <c>yyyy-MM-ddTHH:mm:ss.fff</c>.</param>
/// <param name="Compared">Ranges to compare that stand in a list of queries: Cube echoes them there and does nothing with them.</param>
public sealed record TimeDimensionQuery(string Dimension, string? Granularity, DateRange? DateRange, IReadOnlyList<IReadOnlyList<string>>? Compared = null);
