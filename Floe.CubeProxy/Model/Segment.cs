namespace Floe.CubeProxy.Model;

/// <summary>A named condition.</summary>
public sealed class Segment : Member
{
    public required SqlTemplate Sql { get; init; }
    public override IEnumerable<SqlTemplate> Templates => [Sql];
    public override string ApiType => "boolean";
}
