namespace Floe.CubeProxy.Model;

/// <summary>A pre-aggregation of type rollup: sums kept by some dimensions, as the model asks for.</summary>
public sealed class Rollup
{
    public required Cube Cube { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> MeasureNames { get; init; }
    public required IReadOnlyList<string> DimensionNames { get; init; }
    public required IReadOnlyList<string> SegmentNames { get; init; }
    public required string? TimeName { get; init; }

    /// <summary>Of the time dimension; null without one.</summary>
    public required string? Granularity { get; init; }
    public required SourcePlace Place { get; init; }

    /// <summary>Bound when all cubes are known, as are the others.</summary>
    public IReadOnlyList<Measure> Measures { get; internal set; } = [];
    public IReadOnlyList<Dimension> Dimensions { get; internal set; } = [];
    public IReadOnlyList<Segment> Segments { get; internal set; } = [];
    public Dimension? Time { get; internal set; }

    public string FullName => $"{Cube.Name}.{Name}";
}
