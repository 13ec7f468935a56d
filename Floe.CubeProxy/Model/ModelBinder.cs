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
            foreach (var template in cube.Members.SelectMany(member => member.Templates)) Bind(template, cube, byName);
            if (cube.Sql is not null)
            {
                if (cube.Sql.Parts.OfType<SqlPart.Unbound>().FirstOrDefault() is { } reference)
                    throw new ModelException(reference.Place, $"The 'sql' of cube '{cube.Name}' has the reference '{{{reference.Path}}}'; it can name tables only.");
            }
            foreach (var join in cube.Joins) BindJoin(join, byName);
            foreach (var rollup in cube.Rollups) BindRollup(rollup, byName);
        }
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
            var owner = parts.Length == 1 || parts[0] == "CUBE" ? rollup.Cube : byName.GetValueOrDefault(parts[0]);
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

    private static void Bind(SqlTemplate template, Cube cube, Dictionary<string, Cube> byName) => template.Bind((path, place) =>
    {
        var parts = path.Split('.');
        Cube? Named(string name) => name is "CUBE" or "TABLE" ? cube : byName.GetValueOrDefault(name);
        if (parts.Length == 1)
        {
            if (parts[0] is "CUBE" or "TABLE") return new SqlPart.CubeAlias(cube);
            if (cube.Find(parts[0]) is { } own) return new SqlPart.MemberReference(own);
            return Named(parts[0]) is { } other
                ? new SqlPart.CubeAlias(other)
                : throw new ModelException(place, $"'{{{path}}}' is neither a member of '{cube.Name}' nor a cube.");
        }
        var owner = Named(parts[0]) ?? throw new ModelException(place, $"'{{{path}}}' names cube '{parts[0]}', which does not exist.");
        return owner.Find(parts[1]) is { } member
            ? new SqlPart.MemberReference(member)
            : throw new ModelException(place, $"'{{{path}}}' names '{parts[1]}', which cube '{owner.Name}' does not have; write {{{parts[0]}}}.{parts[1]} for a column.");
    });

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
