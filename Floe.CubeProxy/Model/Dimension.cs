using System.Text.Json.Nodes;

namespace Floe.CubeProxy.Model;

/// <summary>An attribute to group and filter by.</summary>
public sealed class Dimension : Member
{
    public required DimensionType Type { get; init; }
    public required SqlTemplate Sql { get; init; }
    public required bool IsPrimaryKey { get; init; }
    public required bool SuggestFilterValues { get; init; }

    /// <summary>True: a measure, computed for each row of the cube in a query of its own.</summary>
    public bool IsSubQuery { get; init; }

    /// <summary>True: the query's conditions hold in the sub-query, too.</summary>
    public bool PropagatesFilters { get; init; }

    /// <summary>Of a sub-query: what it computes for each key.</summary>
    internal Measure SubQueryValue => field ??= new Measure
    {
        Cube = Cube, Name = Name, Title = Title, ShortTitle = ShortTitle, IsPublic = IsPublic, Place = Place, Type = MeasureType.Number, Sql = Sql, Filters = [],
    };

    /// <summary>The cases that <see cref="Sql"/> is made of, for clients.</summary>
    public JsonNode? Case { get; init; }

    /// <summary>Granularities beside the predefined ones.</summary>
    public IReadOnlyList<Granularity> Granularities { get; init; } = [];

    /// <summary>For clients: the order that the values have by nature, asc or desc.</summary>
    public string? ValueOrder { get; init; }

    public override IEnumerable<SqlTemplate> Templates => [Sql];
    public override string ApiType => Type.ToString().ToLowerInvariant();
}
