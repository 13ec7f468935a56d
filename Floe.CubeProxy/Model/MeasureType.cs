namespace Floe.CubeProxy.Model;

/// <summary>Types of measures, as the model's <c>type</c> names them; those from <see cref="Number"/> on are computed, not aggregated.</summary>
public enum MeasureType
{
    Count, CountDistinct, CountDistinctApprox, Sum, Avg, Min, Max,

    /// <summary>Computed from other measures; with the type of its result.</summary>
    Number, String, Time, Boolean,
}
