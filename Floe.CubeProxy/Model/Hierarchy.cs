namespace Floe.CubeProxy.Model;

/// <summary>Dimensions from coarse to fine, for clients to drill along.</summary>
/// <param name="Title">As written; null: none.</param>
/// <param name="LevelNames">Members of the cube, or <c>Cube.member</c>.</param>
/// <param name="Original">In a view: the hierarchy of a cube that this one stands for.</param>
public sealed record Hierarchy(string Name, string? Title, bool IsPublic, IReadOnlyList<string> LevelNames, SourcePlace Place, string? Original = null)
{
    /// <summary>Bound when all cubes are known.</summary>
    public IReadOnlyList<Dimension> Levels { get; internal set; } = [];
}
