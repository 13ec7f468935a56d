using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads views: selections of cubes' members under names of their own. Needs all cubes.</summary>
internal sealed class ViewReader(IReadOnlyDictionary<string, Cube> cubes, ICollection<string> notices)
{
    public Cube Read(string file, YamlNode node)
    {
        var section = new YamlSection(file, node, "a view");
        var name = CubeReader.ReadName(section, "a view");
        section.Refuse("extends", "includes", "excludes", "dimensions", "measures", "segments", "hierarchies", "default_filters");
        var foldersPlace = section.PlaceOfKey("folders");
        if (section.Take("folders") is not null) notices.Add($"{foldersPlace}: 'folders' is not used by Floe's engine, view '{name}': its members are listed flat.");
        var view = new Cube
        {
            Name = name,
            IsView = true,
            Title = section.Text("title") ?? Titles.Of(name),
            Description = section.Text("description"),
            Meta = section.Json("meta"),
            IsPublic = CubeReader.ReadPublic(section),
            Place = section.Place,
        };
        foreach (var part in section.Sections("cubes", $"a cube of view '{name}'")) Include(view, part);
        if (!view.Members.Any()) throw new ModelException(section.Place, $"View '{name}' has no members; list them under 'cubes' with join_path and includes.");
        PolicyReader.ReadAll(section, view);
        section.Finish();
        return view;
    }

    private void Include(Cube view, YamlSection part)
    {
        part.Refuse("split");
        var path = ReadPath(view, part);
        var cube = path[^1];
        var prefix = part.Flag("prefix", false) ? $"{part.Text("alias") ?? cube.Name}_" : "";
        part.Take("alias");
        var includesPlace = part.PlaceOfKey("includes");
        var includesAll = part.PeekText("includes") == "*";
        if (includesAll) part.Take("includes");
        else if (!part.Has("includes")) throw new ModelException(part.Place, $"View '{view.Name}' does not say what to include of '{cube.Name}'; write includes: \"*\" or a list of names.");
        List<(Member Member, YamlSection? Own)> included = includesAll
            ? [.. cube.Members.Select(member => (member, (YamlSection?)null))]
            : [.. part.NamesOrSections("includes", $"an include of view '{view.Name}'")
                .Select(entry => (Find(view, cube, entry.Name ?? entry.Section!.RequiredText("name"), includesPlace), entry.Section))];
        var excluded = part.Texts("excludes").Select(name => Find(view, cube, name, part.Place)).ToHashSet();
        foreach (var (member, own) in included.Where(entry => !excluded.Contains(entry.Member))) view.Add(Stand(view, member, path, prefix, own));
        part.Finish();
    }

    private IReadOnlyList<Cube> ReadPath(Cube view, YamlSection part)
    {
        var place = part.PlaceOfKey("join_path");
        var path = part.RequiredText("join_path").Split('.')
            .Select(name => cubes.GetValueOrDefault(name.Trim()) ?? throw new ModelException(place, $"join_path of view '{view.Name}' names cube '{name}', which does not exist.")).ToList();
        for (var i = 1; i < path.Count; i++)
        {
            if (path[i - 1].Joins.All(join => join.TargetName != path[i].Name))
                throw new ModelException(place, $"join_path of view '{view.Name}' goes from '{path[i - 1].Name}' to '{path[i].Name}', but '{path[i - 1].Name}' has no such join.");
        }
        return path;
    }

    private static Member Find(Cube view, Cube cube, string name, SourcePlace place) =>
        cube.Find(name) ?? throw new ModelException(place, $"View '{view.Name}' names '{name}', which cube '{cube.Name}' does not have.");

    private static Member Stand(Cube view, Member member, IReadOnlyList<Cube> path, string prefix, YamlSection? own)
    {
        var place = own?.Place ?? view.Place;
        var name = prefix + (own?.Text("alias") ?? member.Name);
        if (!SqlTemplate.IsIdentifier(name)) throw new ModelException(place, $"The name '{name}' in view '{view.Name}' may have letters, digits and '_' only and must not start with a digit.");
        if (view.Find(name) is not null) throw new ModelException(place, $"View '{view.Name}' includes '{name}' twice; exclude one, give it an alias, or use prefix: true.");
        var shortTitle = own?.Text("title") ?? (member.ShortTitle == Titles.Of(member.Name) ? Titles.Of(name) : member.ShortTitle);
        var title = $"{view.Title} {shortTitle}";
        var description = own?.Text("description") ?? member.Description;
        var format = own?.Text("format") ?? member.Format;
        var meta = own?.Json("meta") ?? member.Meta;
        own?.Finish();
        var sql = SqlTemplate.Reference(member, place);
        return member switch
        {
            Dimension dimension => new Dimension
            {
                Cube = view, Name = name, Title = title, ShortTitle = shortTitle, Description = description, Format = format, Meta = meta, IsPublic = true, Place = place,
                JoinPath = path, Type = dimension.Type, Sql = sql, IsPrimaryKey = false, SuggestFilterValues = dimension.SuggestFilterValues,
            },
            Measure measure => new Measure
            {
                Cube = view, Name = name, Title = title, ShortTitle = shortTitle, Description = description, Format = format, Meta = meta, IsPublic = true, Place = place,
                JoinPath = path, Sql = sql, Filters = [], DrillMembers = [], Original = measure,
                Type = measure.ApiType switch { "string" => MeasureType.String, "time" => MeasureType.Time, "boolean" => MeasureType.Boolean, _ => MeasureType.Number },
            },
            _ => new Segment
            {
                Cube = view, Name = name, Title = title, ShortTitle = shortTitle, Description = description, Meta = meta, IsPublic = true, Place = place,
                JoinPath = path, Sql = sql,
            },
        };
    }
}
