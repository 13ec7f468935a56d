using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>A time dimension of a query, found in the model.</summary>
/// <param name="Granularity">Null: the dimension only limits the range.</param>
/// <param name="Custom">The model's own granularity of that name; null: a predefined one.</param>
public sealed record ResolvedTime(Dimension Dimension, string? Granularity, DateRange? Range, Granularity? Custom = null)
{
    public string Key => $"{Dimension.FullName}.{Granularity}";
    public string Alias => $"{Dimension.Alias}_{Granularity}";

    /// <summary>0 is the finest.</summary>
    public int Coarseness => Custom?.Coarseness ?? Granularities.Coarseness(Granularity!);

    /// <summary>True when every period is made of whole periods of <paramref name="part"/>.</summary>
    public bool IsMadeOf(string part) => Custom?.IsMadeOf(part) ?? Granularities.IsMadeOf(Granularity!, part);
}
