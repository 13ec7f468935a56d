using System.Text.Json.Nodes;

namespace Floe.CubeProxy.Model;

/// <summary>One cube (a table or a query, and what may be asked of it), or a view of cubes.</summary>
public sealed class Cube
{
    private readonly Dictionary<string, Member> _members = [];

    public required string Name { get; init; }
    public required string Title { get; init; }
    public string? Description { get; init; }
    public JsonNode? Meta { get; init; }
    public required bool IsPublic { get; init; }
    public required SourcePlace Place { get; init; }

    /// <summary>True for a view: a selection of members of cubes, without a table of its own.</summary>
    public bool IsView { get; init; }

    /// <summary>Schema (may be empty) and name of the table; null when <see cref="Sql"/> is used.</summary>
    public TableName? Table { get; init; }

    /// <summary>A query of the model's own in place of a table.</summary>
    public SqlTemplate? Sql { get; init; }

    /// <summary>True when a query's conditions are part of its <see cref="Sql"/>.</summary>
    public bool HasFilterParams => Sql?.Parts.OfType<SqlPart.FilterParams>().Any() == true;

    public List<Join> Joins { get; } = [];
    public List<Dimension> Dimensions { get; } = [];
    public List<Measure> Measures { get; } = [];
    public List<Segment> Segments { get; } = [];

    public List<Rollup> Rollups { get; } = [];

    /// <summary>Who may see which members and rows; empty: everybody all.</summary>
    public List<AccessPolicy> Policies { get; } = [];

    /// <summary>The cube it extends, as written.</summary>
    public string? Extends { get; init; }

    /// <summary>How a real Cube looks for new data; for clients only.</summary>
    public JsonNode? RefreshKey { get; init; }

    /// <summary>For clients only.</summary>
    public List<Hierarchy> Hierarchies { get; } = [];

    /// <summary>For clients only; views have them.</summary>
    public List<Folder> Folders { get; } = [];

    /// <summary>The model's own name for the cube in SQL.</summary>
    public string? SqlAlias { get; init; }

    /// <summary>Quoted alias of the cube in SQL.</summary>
    public string Alias => field ??= $"\"{SqlAlias ?? Titles.Underscore(Name)}\"";

    public IEnumerable<Dimension> PrimaryKeys => Dimensions.Where(dimension => dimension.IsPrimaryKey);

    public IEnumerable<Member> Members => [.. Measures, .. Dimensions, .. Segments];

    public Member? Find(string name) => _members.GetValueOrDefault(name);

    internal void Add(Member member)
    {
        if (!_members.TryAdd(member.Name, member))
            throw new ModelException(member.Place, $"'{member.FullName}' is defined twice (first at {_members[member.Name].Place}); member names of a cube are unique.");
        switch (member)
        {
            case Dimension dimension: Dimensions.Add(dimension); break;
            case Measure measure: Measures.Add(measure); break;
            case Segment segment: Segments.Add(segment); break;
        }
    }

    public override string ToString() => Name;
}
