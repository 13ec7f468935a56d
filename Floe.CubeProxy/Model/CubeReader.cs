using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads cubes from their YAML. Unknown and unsupported constructs are refused with their line.</summary>
/// <param name="sources">All cubes of the model by name: where <c>extends</c> looks.</param>
internal sealed class CubeReader(IReadOnlyDictionary<string, (string File, YamlNode Node)> sources, ICollection<string> notices)
{
    private static readonly string[] _lists = ["joins", "dimensions", "measures", "segments", "pre_aggregations", "access_policy", "hierarchies"];

    /// <summary>Why a construct may be left out.</summary>
    internal const string NoMatter = "it changes no answer of the API";

    public Cube Read(string file, YamlNode node)
    {
        var extends = new YamlSection(file, node, "a cube").Text("extends");
        var section = Open(file, node, []);
        var name = ReadName(section, "a cube");
        section.RefuseOn("calendar", "rewrite_queries");
        if (section.Text("data_source") is { } source && source != "default")
            throw new ModelException(section.Place, $"Cube '{name}' asks for data source '{source}'; Floe's engine has only 'default'.");
        var refreshKey = ReadRefreshKey(section, name);

        var tablePlace = section.PlaceOfKey("sql_table");
        var tableText = section.Text("sql_table");
        var sql = section.Sql("sql");
        if (tableText is null == sql is null)
            throw new ModelException(section.Place, $"Cube '{name}' needs either 'sql_table' or 'sql'.");
        TableName? table = null;
        if (tableText is not null)
            table = TableName.TryParse(tableText, out var parsed) ? parsed : throw new ModelException(tablePlace, $"sql_table '{tableText}' is not a table name; write name or schema.name.");

        var cube = new Cube
        {
            Name = name,
            Title = section.Text("title") ?? Titles.Of(name),
            Description = section.Text("description"),
            Meta = section.Json("meta"),
            IsPublic = ReadPublic(section),
            Place = section.Place,
            Table = table,
            Sql = sql,
            SqlAlias = ReadAlias(section, name),
            Extends = extends,
            RefreshKey = refreshKey,
        };
        foreach (var entry in section.Sections("joins", $"a join of '{name}'")) cube.Joins.Add(ReadJoin(entry, cube));
        foreach (var entry in section.Sections("dimensions", $"a dimension of '{name}'")) cube.Add(DimensionReader.Read(entry, cube, notices));
        foreach (var entry in section.Sections("measures", $"a measure of '{name}'")) cube.Add(MeasureReader.Read(entry, cube, notices));
        foreach (var entry in section.Sections("segments", $"a segment of '{name}'")) cube.Add(ReadSegment(entry, cube));
        foreach (var entry in section.Sections("pre_aggregations", $"a pre-aggregation of '{name}'")) RollupReader.Read(entry, cube, notices);
        foreach (var entry in section.Sections("hierarchies", $"a hierarchy of '{name}'")) cube.Hierarchies.Add(ReadHierarchy(entry, cube));
        PolicyReader.ReadAll(section, cube);
        section.Finish();
        return cube;
    }

    // A cube with everything that it extends; the chain may be longer than one.
    private YamlSection Open(string file, YamlNode node, List<string> children)
    {
        var section = new YamlSection(file, node, "a cube");
        var place = section.PlaceOfKey("extends");
        if (section.Text("extends") is not { } written) return section;
        var parent = written.Trim('{', '}', ' ');
        var name = section.PeekText("name") ?? "";
        children.Add(name);
        if (children.Contains(parent)) throw new ModelException(place, $"Cube '{name}' extends itself: {string.Join(" -> ", children.Append(parent))}.");
        if (!sources.TryGetValue(parent, out var source)) throw new ModelException(place, $"Cube '{name}' extends '{parent}', which does not exist.");
        var inherited = Open(source.File, source.Node, children);
        inherited.Take("name");
        // A table or a query: the child's own replaces either.
        if (section.Has("sql_table") || section.Has("sql"))
        {
            inherited.Take("sql_table");
            inherited.Take("sql");
        }
        section.Inherit(inherited, _lists);
        return section;
    }

    private JsonNode? ReadRefreshKey(YamlSection section, string cube)
    {
        var place = section.PlaceOfKey("refresh_key");
        if (section.Section("refresh_key", $"the refresh_key of '{cube}'") is not { } key) return null;
        notices.Add($"{place}: 'refresh_key' is not used by Floe's engine, cube '{cube}': data is refreshed by lakehouse snapshot instead.");
        key.Take("sql");
        var result = new JsonObject();
        foreach (var name in (string[])["every", "timezone", "immutable"])
        {
            if (key.Has(name)) result.Add(name, key.Json(name));
        }
        key.Finish();
        return result;
    }

    private static string? ReadAlias(YamlSection section, string cube)
    {
        var place = section.PlaceOfKey("sql_alias");
        if (section.Text("sql_alias") is not { } alias) return null;
        return SqlTemplate.IsIdentifier(alias) ? alias : throw new ModelException(place, $"The sql_alias '{alias}' of '{cube}' may have letters, digits and '_' only and must not start with a digit.");
    }

    private static Join ReadJoin(YamlSection section, Cube cube)
    {
        var target = ReadName(section, "a join");
        var relationshipPlace = section.PlaceOfKey("relationship");
        var relationship = section.RequiredText("relationship") switch
        {
            "many_to_one" or "belongs_to" or "manyToOne" or "belongsTo" => Relationship.ManyToOne,
            "one_to_many" or "has_many" or "oneToMany" or "hasMany" => Relationship.OneToMany,
            "one_to_one" or "has_one" or "oneToOne" or "hasOne" => Relationship.OneToOne,
            var other => throw new ModelException(relationshipPlace, $"Relationship '{other}' is not known; use many_to_one, one_to_many or one_to_one."),
        };
        var on = section.Sql("sql") ?? throw new ModelException(section.Place, $"The join {cube.Name} -> {target} has no 'sql'.");
        section.Finish();
        return new Join { From = cube, TargetName = target, Relationship = relationship, On = on, Place = section.Place };
    }

    private Segment ReadSegment(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a segment of '{cube.Name}'");
        section.Ignore(notices, NoMatter, "aliases");
        var segment = new Segment
        {
            Cube = cube,
            Name = name,
            Sql = section.Sql("sql") ?? throw new ModelException(section.Place, $"Segment '{cube.Name}.{name}' has no 'sql'."),
            Title = ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Meta = section.Json("meta"),
            IsPublic = ReadPublic(section),
            Place = section.Place,
        };
        section.Finish();
        return segment;
    }

    private static Hierarchy ReadHierarchy(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a hierarchy of '{cube.Name}'");
        var hierarchy = new Hierarchy(name, section.Text("title"), ReadPublic(section), section.Texts("levels"), section.Place);
        section.Finish();
        return hierarchy.LevelNames.Count > 0 ? hierarchy : throw new ModelException(section.Place, $"Hierarchy '{cube.Name}.{name}' has no 'levels'.");
    }

    internal static string ReadName(YamlSection section, string what)
    {
        var place = section.PlaceOfKey("name");
        var name = section.RequiredText("name");
        return SqlTemplate.IsIdentifier(name)
            ? name
            : throw new ModelException(place, $"The name '{name}' of {what} may have letters, digits and '_' only and must not start with a digit.");
    }

    internal static string ReadTitle(YamlSection section, Cube cube, string name, out string shortTitle)
    {
        var title = section.Text("title");
        shortTitle = title ?? Titles.Of(name);
        return $"{cube.Title} {shortTitle}";
    }

    internal static bool ReadPublic(YamlSection section, bool otherwise = true)
    {
        // 'shown' is Cube's old word for 'public'.
        var shown = section.Flag("shown", otherwise);
        return section.Flag("public", shown);
    }

    internal static string? ReadCurrency(YamlSection section, bool isNumber, string member)
    {
        var place = section.PlaceOfKey("currency");
        if (section.Text("currency") is not { } written) return null;
        if (!isNumber) throw new ModelException(place, $"'{member}' has a currency, but it is not a number.");
        return written.Length == 3 && written.All(char.IsAsciiLetter) ? written.ToUpperInvariant() : throw new ModelException(place, $"The currency '{written}' of '{member}' must be a code of three letters (ISO 4217), such as EUR.");
    }
}
