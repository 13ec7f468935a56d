using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads views: selections of cubes' members under names of their own. Needs all cubes.</summary>
internal sealed class ViewReader(IReadOnlyDictionary<string, Cube> cubes, ICollection<string> notices)
{
    public Cube Read(string file, YamlNode node)
    {
        var section = new YamlSection(file, node, "a view");
        var name = CubeReader.ReadName(section, "a view");
        section.Refuse("extends", "includes", "excludes", "dimensions", "measures", "segments", "hierarchies", "default_filters", "joins", "pre_aggregations", "view_group", "view_groups", "sql_alias");
        section.RefuseOn("rewrite_queries");
        section.Ignore(notices, $"view '{name}': data is refreshed by lakehouse snapshot instead", "refresh_key");
        if (section.Text("data_source") is { } dataSource && dataSource != "default")
            throw new ModelException(section.Place, $"View '{name}' asks for data source '{dataSource}'; Floe's engine has only 'default'.");
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
        var paths = new List<IReadOnlyList<Cube>>();
        foreach (var part in section.Sections("cubes", $"a cube of view '{name}'")) Include(view, part, paths);
        foreach (var folder in section.Sections("folders", $"a folder of view '{name}'")) view.Folders.Add(ReadFolder(view, folder, paths));
        foreach (var measure in view.Measures) measure.DrillMembers = DrillMembersOf(measure, view);
        if (!view.Members.Any()) throw new ModelException(section.Place, $"View '{name}' has no members; list them under 'cubes' with join_path and includes.");
        PolicyReader.ReadAll(section, view);
        section.Finish();
        return view;
    }

    private void Include(Cube view, YamlSection part, List<IReadOnlyList<Cube>> paths)
    {
        part.RefuseOn("split");
        var path = ReadPath(view, part);
        var cube = path[^1];
        RefuseSecondWay(view, path, paths, part.Place);
        paths.Add(path);
        var prefix = part.Flag("prefix", false) ? $"{part.Text("alias") ?? cube.Name}_" : "";
        part.Take("alias");
        var includesPlace = part.PlaceOfKey("includes");
        var includesAll = part.PeekText("includes") == "*";
        if (includesAll) part.Take("includes");
        else if (!part.Has("includes")) throw new ModelException(part.Place, $"View '{view.Name}' does not say what to include of '{cube.Name}'; write includes: \"*\" or a list of names.");
        var hierarchies = new List<Hierarchy>(includesAll ? cube.Hierarchies : []);
        var included = new List<(Member Member, YamlSection? Own)>(includesAll ? cube.Members.Select(member => (member, (YamlSection?)null)) : []);
        foreach (var entry in includesAll ? [] : part.NamesOrSections("includes", $"an include of view '{view.Name}'"))
        {
            var memberName = entry.Name ?? entry.Section!.RequiredText("name");
            if (cube.Find(memberName) is null && cube.Hierarchies.Find(hierarchy => hierarchy.Name == memberName) is { } named) hierarchies.Add(named);
            else included.Add((Find(view, cube, memberName, includesPlace), entry.Section));
        }
        // A hierarchy brings its levels along.
        foreach (var level in hierarchies.SelectMany(hierarchy => hierarchy.Levels).Where(level => level.Cube == cube && !included.Exists(entry => entry.Member == level)).Distinct().ToList()) included.Add((level, null));
        var excludedNames = part.Texts("excludes");
        hierarchies.RemoveAll(hierarchy => excludedNames.Contains(hierarchy.Name));
        var excluded = excludedNames.Where(name => cube.Hierarchies.TrueForAll(hierarchy => hierarchy.Name != name) || cube.Find(name) is not null).Select(name => Find(view, cube, name, part.Place)).ToHashSet();
        var stands = new Dictionary<Member, Member>();
        foreach (var (member, own) in included.Where(entry => !excluded.Contains(entry.Member)))
        {
            var stand = Stand(view, member, path, prefix, own);
            view.Add(stand);
            stands.TryAdd(member, stand);
        }
        // Their levels as far as the view shows them.
        foreach (var hierarchy in hierarchies)
        {
            var levels = hierarchy.Levels.Select(level => stands.GetValueOrDefault(level)).OfType<Dimension>().ToList();
            if (levels.Count > 0) view.Hierarchies.Add(hierarchy with { Name = prefix + hierarchy.Name, IsPublic = true, Levels = levels, Original = $"{cube.Name}.{hierarchy.Name}" });
        }
        part.Finish();
    }

    // Those that the view shows, under the view's names.
    private static List<string> DrillMembersOf(Measure measure, Cube view)
    {
        var original = measure.Original!;
        return [.. original.DrillMembers.Select(name => name.Contains('.') ? name : $"{original.Cube.Name}.{name}")
            .Select(name => view.Members.FirstOrDefault(member => member.Templates.First().SingleMember!.FullName == name)?.Name).OfType<string>()];
    }

    // A cube is joined once; by two ways it would be two different sets of rows.
    private static void RefuseSecondWay(Cube view, IReadOnlyList<Cube> path, List<IReadOnlyList<Cube>> paths, SourcePlace place)
    {
        foreach (var (cube, i) in path.Select((cube, i) => (cube, i)))
        {
            var way = path.Take(i + 1);
            foreach (var other in paths.Where(other => other[0] == path[0]))
            {
                var at = other.ToList().IndexOf(cube);
                if (at >= 0 && !other.Take(at + 1).SequenceEqual(way))
                    throw new ModelException(place, $"View '{view.Name}' reaches '{cube.Name}' by two ways, {Written(other.Take(at + 1))} and {Written(way)}; make a child cube (extends) for one of them.");
            }
        }

        static string Written(IEnumerable<Cube> cubes) => $"'{string.Join('.', cubes.Select(cube => cube.Name))}'";
    }

    private Folder ReadFolder(Cube view, YamlSection section, List<IReadOnlyList<Cube>> paths)
    {
        var name = section.RequiredText("name");
        var includesPlace = section.PlaceOfKey("includes");
        List<FolderEntry> entries;
        if (section.PeekText("includes") == "*")
        {
            section.Take("includes");
            entries = [.. view.Members.Select(member => new FolderEntry(member, null))];
        }
        else
        {
            entries = [.. section.NamesOrSections("includes", $"an entry of folder '{name}'").SelectMany(entry => entry.Name is { } memberName ? [FindInView(memberName)] : ReadEntry(entry.Section!))];
        }
        if (entries.Count == 0) throw new ModelException(section.Place, $"Folder '{name}' of view '{view.Name}' has no 'includes'.");
        section.Finish();
        return new Folder(name, entries);

        FolderEntry FindInView(string member) => new(view.Find(member) ?? view.Members.FirstOrDefault(one => one.Templates.First().SingleMember?.FullName == member)
            ?? throw new ModelException(includesPlace, $"Folder '{name}' names '{member}', which view '{view.Name}' does not have."), null);

        IEnumerable<FolderEntry> ReadEntry(YamlSection inner)
        {
            if (!inner.Has("join_path")) return [new FolderEntry(null, ReadFolder(view, inner, paths))];
            var path = ReadPath(view, inner);
            inner.Finish();
            return view.Members.Where(member => member.JoinPath.SequenceEqual(path)).Select(member => new FolderEntry(member, null));
        }
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
        var format = own is not null && own.Has("format") ? MemberFormat.Read(own, member.ApiType, member is Measure, $"{view.Name}.{name}") : member.Format;
        var meta = own?.Json("meta") ?? member.Meta;
        own?.Finish();
        var sql = SqlTemplate.Reference(member, place);
        return member switch
        {
            Dimension dimension => new Dimension
            {
                Cube = view, Name = name, Title = title, ShortTitle = shortTitle, Description = description, Format = format, Currency = member.Currency, Meta = meta, IsPublic = true, Place = place,
                JoinPath = path, Type = dimension.Type, Sql = sql, IsPrimaryKey = false, SuggestFilterValues = true, Granularities = dimension.Granularities,
            },
            Measure measure => new Measure
            {
                Cube = view, Name = name, Title = title, ShortTitle = shortTitle, Description = description, Format = format, Currency = member.Currency, Meta = meta, IsPublic = true, Place = place,
                JoinPath = path, Sql = sql, Filters = [], Original = measure,
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
