namespace Floe.CubeProxy.Model;

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
