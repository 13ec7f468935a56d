using Floe.CubeProxy.Model;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>Aggregate functions, and which of them a measure may be asked for with.</summary>
internal static class AggregateFunctions
{
    public static bool IsOne(string name) => name is "measure" or "sum" or "count" or "avg" or "min" or "max";

    /// <summary>As Cube has it: MEASURE for any, else the function that the measure is made with.</summary>
    public static void Check(Call call, Measure measure)
    {
        var type = CubeScope.Underlying(measure).Type;
        var fits = (call.Name, call.IsDistinct, type) switch
        {
            ("measure", false, _) => true,
            (_, _, MeasureType.Number) => true,
            ("sum", false, MeasureType.Sum) => true,
            ("avg", false, MeasureType.Avg) => true,
            ("min", _, MeasureType.Min or MeasureType.Time) => true,
            ("max", _, MeasureType.Max or MeasureType.Time) => true,
            ("count", false, MeasureType.Count) => true,
            ("count", true, MeasureType.CountDistinct or MeasureType.CountDistinctApprox) => true,
            _ => false,
        };
        if (!fits)
            throw SqlError.Unsupported($"'{measure.FullName}' is a measure of type {measure.AggregationName} and cannot be asked for with {call.Name.ToUpperInvariant()}({(call.IsDistinct ? "DISTINCT …" : "…")}); use MEASURE({measure.Name}).", call.Position);
    }

    /// <summary>Type of an aggregate over values that are no measure.</summary>
    public static SqlType TypeOf(string name, SqlType input) => name switch
    {
        "count" => SqlType.Int8,
        "min" or "max" => input,
        _ => SqlType.Numeric,
    };
}
