namespace Floe.CubeProxy.Model;

/// <summary>Binds references, join targets and drill members once all cubes are read, and checks what only the whole can show.</summary>
internal static class ModelBinder
{
    public static void Bind(IReadOnlyList<Cube> cubes)
    {
        var byName = new Dictionary<string, Cube>();
        foreach (var cube in cubes)
        {
            if (!byName.TryAdd(cube.Name, cube))
                throw new ModelException(cube.Place, $"Cube '{cube.Name}' is defined twice (first at {byName[cube.Name].Place}).");
        }

        foreach (var cube in cubes)
        {
            foreach (var template in cube.Members.SelectMany(member => member.Templates))
            {
                Bind(template, cube, byName);
                if (template.Parts.OfType<SqlPart.FilterParams>().Any())
                    throw new ModelException(template.Place, "FILTER_PARAMS stands in the SQL of a member; Floe's engine knows it in the 'sql' of a cube only.");
            }
            if (cube.Sql is not null) BindSource(cube.Sql, cube, byName);
            foreach (var join in cube.Joins) BindJoin(join, byName);
            if (cube.Joins.GroupBy(join => join.TargetName).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new ModelException(twice.Last().Place, $"Cube '{cube.Name}' has two joins to '{twice.Key}'; keep one, or join a child cube (extends) instead.");
            foreach (var hierarchy in cube.Hierarchies) BindHierarchy(hierarchy, cube, byName);
        }
        // Ways are judged when all joins are there.
        foreach (var cube in cubes)
        {
            foreach (var template in cube.Members.SelectMany(member => member.Templates).Concat(cube.Joins.Select(join => join.On))) CheckWays(template);
            foreach (var rollup in cube.Rollups) BindRollup(rollup, byName);
        }
        foreach (var dimension in cubes.SelectMany(cube => cube.Dimensions)) CheckDimension(dimension);
        foreach (var segment in cubes.SelectMany(cube => cube.Segments)) RefuseMeasure(segment.Sql, $"Segment '{segment.FullName}'");
        foreach (var join in cubes.SelectMany(cube => cube.Joins)) CheckJoin(join);
        if (cubes.GroupBy(cube => cube.Alias).FirstOrDefault(same => same.Count() > 1) is { } clash)
            throw new ModelException(clash.Last().Place, $"Cubes '{clash.First().Name}' and '{clash.Last().Name}' have the same name in SQL, {clash.Key}; give one a sql_alias of its own.");
        foreach (var measure in cubes.SelectMany(cube => cube.Measures)) CheckMeasure(measure);
        foreach (var member in cubes.SelectMany(cube => cube.Members)) RefuseCycle(member, []);
        foreach (var cube in cubes) RequireKey(cube, cubes);
    }

    /// <summary>Binds the members that access policies name; after the views, which may be named, too.</summary>
    public static void BindPolicies(IReadOnlyList<Cube> cubes)
    {
        var byName = new Dictionary<string, Cube>();
        foreach (var cube in cubes)
        {
            if (!byName.TryAdd(cube.Name, cube))
                throw new ModelException(cube.Place, $"'{cube.Name}' is defined twice (first at {byName[cube.Name].Place}); cubes and views share their names.");
        }
        foreach (var cube in cubes)
        {
            foreach (var filter in cube.Policies.SelectMany(policy => policy.Rows ?? [])) BindFilter(filter, cube, byName);
        }
    }

    private static void BindFilter(PolicyFilter filter, Cube cube, Dictionary<string, Cube> byName)
    {
        if (filter is PolicyGroup group)
        {
            foreach (var inner in group.Filters) BindFilter(inner, cube, byName);
            return;
        }
        var one = (PolicyMemberFilter)filter;
        var parts = one.MemberName.Split('.');
        var owner = parts.Length == 1 ? cube : byName.GetValueOrDefault(parts[0]);
        one.Member = owner?.Find(parts[^1]) as Dimension
            ?? throw new ModelException(one.Place, $"A row filter of '{cube.Name}' names '{one.MemberName}', which is no dimension.");
    }

    private static void BindRollup(Rollup rollup, Dictionary<string, Cube> byName)
    {
        rollup.Measures = [.. rollup.MeasureNames.Select(Find<Measure>)];
        rollup.Dimensions = [.. rollup.DimensionNames.Select(Find<Dimension>)];
        rollup.Segments = [.. rollup.SegmentNames.Select(Find<Segment>)];
        if (rollup.TimeName is null) return;
        rollup.Time = Find<Dimension>(rollup.TimeName);
        if (rollup.Time.Type != DimensionType.Time) throw new ModelException(rollup.Place, $"time_dimension '{rollup.TimeName}' of pre-aggregation '{rollup.FullName}' is not of type time.");

        T Find<T>(string written) where T : Member
        {
            var parts = written.Trim('{', '}', ' ').Split('.');
            var owner = parts.Length == 1 || parts[^2] == "CUBE" ? rollup.Cube : byName.GetValueOrDefault(parts[^2]);
            return owner?.Find(parts[^1]) as T
                ?? throw new ModelException(rollup.Place, $"Pre-aggregation '{rollup.FullName}' names '{written}', which is no {typeof(T).Name.ToLowerInvariant()} of the model.");
        }
    }

    private static void BindJoin(Join join, Dictionary<string, Cube> byName)
    {
        join.Target = byName.GetValueOrDefault(join.TargetName)
            ?? throw new ModelException(join.Place, $"The join of '{join.From.Name}' names cube '{join.TargetName}', which does not exist.");
        Bind(join.On, join.From, byName);
    }

    private static void Bind(SqlTemplate template, Cube cube, Dictionary<string, Cube> byName) => template.Bind(part => part switch
    {
        SqlPart.Unbound(var path, var place) => Resolve(path, place, cube, byName),
        SqlPart.UnboundFilterParams parameters => BindFilterParams(parameters, byName),
        _ => part,
    });

    private static void BindSource(SqlTemplate sql, Cube cube, Dictionary<string, Cube> byName) => sql.Bind(part => part switch
    {
        SqlPart.Unbound(var path, var place) => throw new ModelException(place, $"The 'sql' of cube '{cube.Name}' has the reference '{{{path}}}'; it can name tables, and FILTER_PARAMS, only."),
        SqlPart.UnboundFilterParams parameters => BindFilterParams(parameters, byName),
        _ => part,
    });

    private static SqlPart.FilterParams BindFilterParams(SqlPart.UnboundFilterParams parameters, Dictionary<string, Cube> byName) => new([.. parameters.Columns.Select(column =>
        new FilterColumn(
            byName.GetValueOrDefault(column.Cube)?.Find(column.Member) as Dimension
                ?? throw new ModelException(parameters.Place, $"FILTER_PARAMS names '{column.Cube}.{column.Member}', which is no dimension of the model."),
            column.Column))]);

    private static SqlPart Resolve(string path, SourcePlace place, Cube cube, Dictionary<string, Cube> byName)
    {
        var names = path.Split('.');
        if (names.Length == 1)
        {
            if (names[0] is "CUBE" or "TABLE") return new SqlPart.CubeAlias(cube, []);
            if (cube.Find(names[0]) is { } own) return new SqlPart.MemberReference(own, []);
            return byName.TryGetValue(names[0], out var other)
                ? new SqlPart.CubeAlias(other, [])
                : throw new ModelException(place, $"'{{{path}}}' is neither a member of '{cube.Name}' nor a cube.");
        }
        if (names.Length == 2 && cube.Find(names[0]) is Dimension { Type: DimensionType.Time })
            throw new ModelException(place, $"'{{{path}}}' is a granularity of a time dimension, which Floe's engine does not support in SQL; write date_trunc('{names[1]}', {{{names[0]}}}).");
        var way = names[..^1].Select((name, i) => i == 0 && name is "CUBE" or "TABLE" ? cube
            : byName.GetValueOrDefault(name) ?? throw new ModelException(place, $"'{{{path}}}' names cube '{name}', which does not exist.")).ToList();
        if (way[^1].Find(names[^1]) is { } member) return new SqlPart.MemberReference(member, way.Count > 1 ? way : []);
        return way[^1].Joins.Exists(join => join.TargetName == names[^1]) && byName.TryGetValue(names[^1], out var last)
            ? new SqlPart.CubeAlias(last, [.. way, last])
            : throw new ModelException(place, $"'{{{path}}}' names '{names[^1]}', which cube '{way[^1].Name}' does not have; write {{{string.Join('.', names[..^1])}}}.{names[^1]} for a column.");
    }

    private static void CheckWays(SqlTemplate template)
    {
        foreach (var part in template.Parts)
        {
            var way = part switch { SqlPart.CubeAlias alias => alias.Way, SqlPart.MemberReference reference => reference.Way, _ => [] };
            for (var i = 1; i < way.Count; i++)
            {
                if (!way[i - 1].Joins.Exists(join => join.Target == way[i]))
                    throw new ModelException(template.Place, $"'{{{string.Join('.', way.Select(cube => cube.Name))}…}}' goes from '{way[i - 1].Name}' to '{way[i].Name}', but '{way[i - 1].Name}' has no such join.");
            }
        }
    }

    private static void BindHierarchy(Hierarchy hierarchy, Cube cube, Dictionary<string, Cube> byName) => hierarchy.Levels = [.. hierarchy.LevelNames.Select(written =>
    {
        var parts = written.Trim('{', '}', ' ').Split('.');
        var owner = parts.Length == 1 || parts[^2] == "CUBE" ? cube : byName.GetValueOrDefault(parts[^2]);
        return owner?.Find(parts[^1]) as Dimension ?? throw new ModelException(hierarchy.Place, $"Hierarchy '{cube.Name}.{hierarchy.Name}' names '{written}', which is no dimension of the model.");
    })];

    private static void CheckDimension(Dimension dimension)
    {
        if (!dimension.IsSubQuery)
        {
            if (dimension.PropagatesFilters) throw new ModelException(dimension.Place, $"Dimension '{dimension.FullName}' has propagate_filters_to_sub_query, but no sub_query: true.");
            RefuseMeasure(dimension.Sql, $"Dimension '{dimension.FullName}'");
            return;
        }
        if (!dimension.Sql.Members.OfType<Measure>().Any())
            throw new ModelException(dimension.Place, $"The sub_query dimension '{dimension.FullName}' refers to no measure; its sql is such as \"{{OtherCube.measure}}\".");
        if (!dimension.Cube.PrimaryKeys.Any() || dimension.IsPrimaryKey)
            throw new ModelException(dimension.Place, $"The sub_query dimension '{dimension.FullName}' is computed by the primary key of '{dimension.Cube.Name}', which {(dimension.IsPrimaryKey ? "it cannot be itself" : "has none; add primary_key: true to a dimension")}.");
    }

    private static void RefuseMeasure(SqlTemplate template, string what)
    {
        if (template.Members.OfType<Measure>().FirstOrDefault() is { } measure)
            throw new ModelException(template.Place, $"{what} refers to the measure '{measure.FullName}', which has no value in a row; a dimension with sub_query: true can.");
    }

    private static void CheckJoin(Join join)
    {
        var what = $"The join {join.From.Name} -> {join.TargetName}";
        RefuseMeasure(join.On, what);
        if (join.On.Members.OfType<Dimension>().FirstOrDefault(dimension => dimension.IsSubQuery) is { } computed)
            throw new ModelException(join.On.Place, $"{what} is by the sub_query dimension '{computed.FullName}'; rows are joined by columns.");
    }

    private static void CheckMeasure(Measure measure)
    {
        foreach (var name in measure.DrillMembers)
        {
            if (!name.Contains('.') && measure.Cube.Find(name) is null)
                throw new ModelException(measure.Place, $"drill_members of '{measure.FullName}' names '{name}', which cube '{measure.Cube.Name}' does not have.");
        }
        if (measure.IsCalculated) return;
        if (measure.Templates.SelectMany(template => template.Members).OfType<Measure>().FirstOrDefault() is { } inner)
            throw new ModelException(measure.Place, $"Measure '{measure.FullName}' aggregates the measure '{inner.FullName}'; only type number computes from measures.");
    }

    private static void RefuseCycle(Member member, List<Member> path)
    {
        if (path.Contains(member))
            throw new ModelException(member.Place, $"'{member.FullName}' refers to itself: {string.Join(" -> ", path.Append(member).Select(step => step.FullName))}.");
        path.Add(member);
        foreach (var next in member.Templates.SelectMany(template => template.Members)) RefuseCycle(next, path);
        path.RemoveAt(path.Count - 1);
    }

    // Without a key a joined cube's rows cannot be told apart after a join has multiplied them.
    private static void RequireKey(Cube cube, IReadOnlyList<Cube> cubes)
    {
        var isJoined = cube.Joins.Count > 0 || cubes.Any(other => other.Joins.Any(join => join.Target == cube));
        if (isJoined && cube.Measures.Count > 0 && !cube.PrimaryKeys.Any())
            throw new ModelException(cube.Place, $"Cube '{cube.Name}' takes part in joins and has measures, so it needs a dimension with primary_key: true; without it sums would be counted twice.");
    }
}
