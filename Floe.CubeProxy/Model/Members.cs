using System.Text.Json.Nodes;

namespace Floe.CubeProxy.Model;

/// <summary>What every member of a cube has.</summary>
public abstract class Member
{
    public required Cube Cube { get; init; }
    public required string Name { get; init; }
    public required string Title { get; init; }
    public required string ShortTitle { get; init; }
    public string? Description { get; init; }
    public string? Format { get; init; }
    public JsonNode? Meta { get; init; }

    /// <summary>False: may be used inside the model, but not asked for.</summary>
    public required bool IsPublic { get; init; }
    public required SourcePlace Place { get; init; }

    /// <summary><c>Orders.status</c>.</summary>
    public string FullName => field ??= $"{Cube.Name}.{Name}";

    /// <summary>Column name in results: <c>orders__status</c>.</summary>
    public string Alias => field ??= $"{Titles.Underscore(Cube.Name)}__{Titles.Underscore(Name)}";

    /// <summary>The templates this member is made of.</summary>
    public abstract IEnumerable<SqlTemplate> Templates { get; }

    /// <summary>Type as the API names it: string, number, time, boolean.</summary>
    public abstract string ApiType { get; }
}

public enum DimensionType { String, Number, Time, Boolean }

/// <summary>An attribute to group and filter by.</summary>
public sealed class Dimension : Member
{
    public required DimensionType Type { get; init; }
    public required SqlTemplate Sql { get; init; }
    public required bool IsPrimaryKey { get; init; }
    public required bool SuggestFilterValues { get; init; }
    public override IEnumerable<SqlTemplate> Templates => [Sql];
    public override string ApiType => Type.ToString().ToLowerInvariant();
}

public enum MeasureType
{
    Count, CountDistinct, CountDistinctApprox, Sum, Avg, Min, Max,

    /// <summary>Computed from other measures; with the type of its result.</summary>
    Number, String, Time, Boolean,
}

/// <summary>An aggregate, or a value computed from aggregates.</summary>
public sealed class Measure : Member
{
    public required MeasureType Type { get; init; }

    /// <summary>Null only for count.</summary>
    public required SqlTemplate? Sql { get; init; }
    public required IReadOnlyList<SqlTemplate> Filters { get; init; }
    public required IReadOnlyList<string> DrillMembers { get; init; }
    public bool IsCalculated => Type >= MeasureType.Number;
    public override IEnumerable<SqlTemplate> Templates => Sql is null ? Filters : [Sql, .. Filters];

    public override string ApiType => Type switch
    {
        MeasureType.String => "string",
        MeasureType.Time => "time",
        MeasureType.Boolean => "boolean",
        _ => "number",
    };

    /// <summary>As <c>/v1/meta</c> names it.</summary>
    public string AggregationName => Type switch
    {
        MeasureType.CountDistinct => "countDistinct",
        MeasureType.CountDistinctApprox => "countDistinctApprox",
        _ => Type.ToString().ToLowerInvariant(),
    };
}

/// <summary>A named condition.</summary>
public sealed class Segment : Member
{
    public required SqlTemplate Sql { get; init; }
    public override IEnumerable<SqlTemplate> Templates => [Sql];
    public override string ApiType => "boolean";
}
