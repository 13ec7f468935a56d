namespace Floe.CubeProxy.Model;

/// <summary>An aggregate, or a value computed from aggregates.</summary>
public sealed class Measure : Member
{
    public required MeasureType Type { get; init; }

    /// <summary>Null only for count.</summary>
    public required SqlTemplate? Sql { get; init; }
    public required IReadOnlyList<SqlTemplate> Filters { get; init; }

    /// <summary>Names of the cube's members, or <c>Cube.member</c>.</summary>
    public IReadOnlyList<string> DrillMembers { get; internal set; } = [];

    /// <summary>Set: aggregated over a span of time that moves with each period of the query.</summary>
    public RollingWindow? Window { get; init; }

    /// <summary>For clients: a running total.</summary>
    public bool IsCumulative { get; init; }

    /// <summary>In a view: the measure of a cube that this one stands for.</summary>
    public Measure? Original { get; init; }
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
    public string AggregationName => Original is not null ? Original.AggregationName : Type switch
    {
        MeasureType.CountDistinct => "countDistinct",
        MeasureType.CountDistinctApprox => "countDistinctApprox",
        _ => Type.ToString().ToLowerInvariant(),
    };
}
