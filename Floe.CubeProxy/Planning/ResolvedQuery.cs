using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>A query whose names have been found in the model.</summary>
public sealed record ResolvedQuery
{
    public required CubeQuery Query { get; init; }
    public required IReadOnlyList<Measure> Measures { get; init; }
    public required IReadOnlyList<Dimension> Dimensions { get; init; }
    public required IReadOnlyList<ResolvedTime> Times { get; init; }
    public required IReadOnlyList<Segment> Segments { get; init; }

    /// <summary>Conditions on rows.</summary>
    public required IReadOnlyList<ResolvedFilter> RowFilters { get; init; }

    /// <summary>Conditions on aggregates.</summary>
    public required IReadOnlyList<ResolvedFilter> MeasureFilters { get; init; }

    /// <summary>Ways to join by, given with the query; each a list of cubes.</summary>
    public IReadOnlyList<IReadOnlyList<Cube>> JoinHints { get; init; } = [];

    /// <summary>Measures that are selected or that conditions are on.</summary>
    public IEnumerable<Measure> AskedMeasures => Measures.Concat(MeasureFilters.SelectMany(filter => filter.Members).OfType<Measure>());

    /// <summary>Every member the query touches, in Cube's order; decides which cubes are joined.</summary>
    public IEnumerable<Member> AllMembers =>
    [
        .. Measures, .. Dimensions, .. Segments,
        .. RowFilters.SelectMany(filter => filter.Members), .. MeasureFilters.SelectMany(filter => filter.Members),
        .. Times.Select(time => time.Dimension),
    ];
}
