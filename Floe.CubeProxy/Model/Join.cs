namespace Floe.CubeProxy.Model;

/// <summary>A directed join, written in the cube it starts from.</summary>
public sealed class Join
{
    public required Cube From { get; init; }
    public required string TargetName { get; init; }
    public required Relationship Relationship { get; init; }
    public required SqlTemplate On { get; init; }
    public required SourcePlace Place { get; init; }

    /// <summary>Bound when all cubes are known.</summary>
    public Cube Target { get; internal set; } = null!;
}
