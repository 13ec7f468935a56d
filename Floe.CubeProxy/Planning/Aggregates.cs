using System.Text.RegularExpressions;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>How measures are aggregated, and which of them stay right when a join repeats their rows.</summary>
internal static partial class Aggregates
{
    /// <summary>The aggregates that a measure is made of: itself, or what a calculated one refers to.</summary>
    public static IEnumerable<Measure> Leaves(Measure measure)
    {
        if (IsLeaf(measure)) return [measure];
        return measure.Templates.SelectMany(template => template.Members).OfType<Measure>().SelectMany(Leaves);
    }

    /// <summary>True for an aggregate, and for a calculated measure that aggregates columns in its own SQL.</summary>
    public static bool IsLeaf(Measure measure) => !measure.IsCalculated || !measure.Templates.SelectMany(template => template.Members).OfType<Measure>().Any();

    /// <summary>True when repeated rows do not change the result (a count of the key counts distinct keys then).</summary>
    public static bool SurvivesRepetition(Measure measure) => measure.Type switch
    {
        MeasureType.Count => measure.Sql is null && measure.Cube.PrimaryKeys.Any(),
        MeasureType.CountDistinct or MeasureType.CountDistinctApprox or MeasureType.Min or MeasureType.Max => true,
        _ => false,
    };

    /// <summary>The aggregate over <paramref name="input"/>.</summary>
    public static string Write(Measure measure, string input, bool isRepeated) => measure.Type switch
    {
        MeasureType.Count when isRepeated && measure.Sql is null => $"count(DISTINCT {input})",
        MeasureType.Count => $"count({input})",
        MeasureType.CountDistinct => $"count(DISTINCT {input})",
        MeasureType.CountDistinctApprox => $"approx_count_distinct({input})",
        MeasureType.Sum => $"sum({input})",
        MeasureType.Avg => $"avg({input})",
        MeasureType.Min => $"min({input})",
        MeasureType.Max => $"max({input})",
        _ => input,
    };

    /// <summary>True when aggregates of parts of the rows can be added up to that of all.</summary>
    public static bool AddsUp(Measure leaf) => leaf.Window is null && leaf.Type is (MeasureType.Count or MeasureType.Sum or MeasureType.Min or MeasureType.Max);

    /// <summary>Adds up aggregates of parts.</summary>
    public static string Merge(Measure leaf, string parts) => leaf.Type switch
    {
        // No rows: a count is 0, not NULL.
        MeasureType.Count => $"coalesce(sum({parts}), 0)::BIGINT",
        MeasureType.Sum => $"sum({parts})",
        MeasureType.Min => $"min({parts})",
        _ => $"max({parts})",
    };

    /// <summary>True when nothing but the aggregates that it refers to is needed for the measure: its own SQL aggregates nothing and names no column of a row.</summary>
    public static bool IsMadeOfMeasures(Measure measure) => IsLeaf(measure) || measure.Templates.SelectMany(template => template.Parts).All(part => part switch
    {
        SqlPart.Literal literal => Call().Matches(literal.Sql).All(call => _rowFunctions.Contains(call.Groups[1].Value)),
        SqlPart.MemberReference { Member: Measure inner } => IsMadeOfMeasures(inner),
        _ => false,
    });

    private static readonly HashSet<string> _rowFunctions =
        new(["nullif", "coalesce", "ifnull", "cast", "try_cast", "round", "floor", "ceil", "ceiling", "abs", "greatest", "least", "sqrt", "ln", "log", "power", "case", "when", "then", "else", "and", "or", "not", "in", "decimal", "numeric"], StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"(\w+)\s*\(")]
    private static partial Regex Call();

    /// <summary>A measure in an ungrouped query: its value in the row.</summary>
    public static string Ungrouped(Measure measure) => measure.Type switch
    {
        _ when measure.IsCalculated => MemberSql.Calculated(measure, Ungrouped),
        MeasureType.Count or MeasureType.CountDistinct or MeasureType.CountDistinctApprox => $"CASE WHEN {MemberSql.Input(measure)} IS NOT NULL THEN 1 END",
        _ => MemberSql.Input(measure),
    };
}
