namespace Floe.CubeProxy.Query;

/// <summary>What a query asks of a time dimension: to group by it, to limit it, or both.</summary>
/// <param name="DateRange">From and to, local to the query's time zone, both included, as <c>yyyy-MM-ddTHH:mm:ss.fff</c>.</param>
public sealed record TimeDimensionQuery(string Dimension, string? Granularity, DateRange? DateRange);
