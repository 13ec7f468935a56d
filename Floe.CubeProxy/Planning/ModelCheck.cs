using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// Holds the model against the tables that are there: a column that does not exist, an aggregate of the wrong type, a query of the model's own that
/// cannot run. What is found is said by file and line, in the log and to who asks for it; everything else is answered.
/// </summary>
public sealed class ModelCheck
{
    private readonly SemanticModel _model;
    private readonly Func<IEnumerable<Member>, JoinTree?> _findJoins;

    internal ModelCheck(SemanticModel model, Func<IEnumerable<Member>, JoinTree?> findJoins)
    {
        _model = model;
        _findJoins = findJoins;
    }

    /// <param name="refusal">Why the engine cannot run this query; null: it can.</param>
    /// <returns>By member or join.</returns>
    internal IReadOnlyDictionary<object, ModelFault> Run(Func<string, string?> refusal)
    {
        var faults = new Dictionary<object, ModelFault>();
        // What depends on the query can be judged only with one.
        foreach (var cube in _model.Cubes.Where(cube => !cube.IsView && !cube.HasFilterParams))
        {
            if (refusal($"SELECT 1 FROM {FromClause.Source(cube)}") is { } reason)
            {
                foreach (var member in cube.Members) faults[member] = new ModelFault(cube.Place, $"cube '{cube.Name}'", reason);
                continue;
            }
            var checks = Members(cube).ToList();
            // Most cubes are whole: one look for rows, one for aggregates.
            foreach (var alike in checks.Where(check => check.IsOwn).GroupBy(check => check.Member is Measure))
            {
                if (refusal($"SELECT {string.Join(", ", alike.Select(check => check.Sql))} FROM {FromClause.Source(cube)} AS {cube.Alias}") is null) checks.RemoveAll(alike.Contains);
            }
            foreach (var check in checks)
            {
                if (_findJoins([check.Member]) is not { } joins || joins.Cubes.Any(joined => joined.HasFilterParams)) continue;
                if (refusal($"SELECT {check.Sql} FROM {FromClause.Write(joins)}") is { } why && !faults.ContainsKey(check.Member)) faults.Add(check.Member, new ModelFault(check.Member.Place, $"'{check.Member.FullName}'", why));
            }
            foreach (var join in cube.Joins.Where(join => !join.Target.HasFilterParams))
            {
                if (refusal($"SELECT 1 FROM {FromClause.Write(new JoinTree(cube, [join]))}") is { } why) faults.TryAdd(join, new ModelFault(join.Place, $"the join of '{cube.Name}' with '{join.TargetName}'", why));
            }
        }
        return faults;
    }

    // What is made of measures is as whole as they are, and a sub-query as its measure.
    private static IEnumerable<Check> Members(Cube cube)
    {
        foreach (var dimension in cube.Dimensions.Where(dimension => !dimension.IsSubQuery)) yield return new Check(dimension, MemberSql.Of(dimension));
        foreach (var segment in cube.Segments) yield return new Check(segment, $"({MemberSql.Of(segment)})");
        foreach (var measure in cube.Measures.Where(Aggregates.IsLeaf))
            yield return new Check(measure, measure.IsCalculated ? MemberSql.Calculated(measure, inner => throw new InvalidOperationException($"'{inner.FullName}' is a measure.")) : Aggregates.Write(measure, MemberSql.Input(measure), isRepeated: false));
    }

    private sealed record Check(Member Member, string Sql)
    {
        public bool IsOwn => TouchedCubes.Of(Member) is { Count: 1 };
    }
}
