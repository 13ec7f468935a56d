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
    public MemberFormat? Format { get; init; }

    /// <summary>ISO 4217 code, upper case; null: not an amount of one currency.</summary>
    public string? Currency { get; init; }
    public JsonNode? Meta { get; init; }

    /// <summary>False: may be used inside the model, but not asked for.</summary>
    public required bool IsPublic { get; init; }
    public required SourcePlace Place { get; init; }

    /// <summary>In a view: the cubes to join on the way to the member, the last one is its own. Empty: found by the planner.</summary>
    public IReadOnlyList<Cube> JoinPath { get; init; } = [];

    /// <summary>The member of a cube: this one, or what it stands for in a view.</summary>
    public Member Underlying => Cube.IsView ? Templates.First().SingleMember!.Underlying : this;

    /// <summary><c>Orders.status</c>.</summary>
    public string FullName => field ??= $"{Cube.Name}.{Name}";

    /// <summary>Column name in results: <c>orders__status</c>.</summary>
    public string Alias => field ??= $"{Cube.SqlAlias ?? Titles.Underscore(Cube.Name)}__{Titles.Underscore(Name)}";

    /// <summary>The templates this member is made of.</summary>
    public abstract IEnumerable<SqlTemplate> Templates { get; }

    /// <summary>Type as the API names it: string, number, time, boolean.</summary>
    public abstract string ApiType { get; }
}
