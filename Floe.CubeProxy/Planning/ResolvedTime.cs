using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>A time dimension of a query, found in the model.</summary>
/// <param name="Granularity">Null: the dimension only limits the range.</param>
public sealed record ResolvedTime(Dimension Dimension, string? Granularity, DateRange? Range)
{
    public string Key => $"{Dimension.FullName}.{Granularity}";
    public string Alias => $"{Dimension.Alias}_{Granularity}";
}
