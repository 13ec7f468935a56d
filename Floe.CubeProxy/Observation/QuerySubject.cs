using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Observation;

/// <summary>What queries are about: cubes and members by name, and no values. To be made of queries that were planned: before that the names are the client's.</summary>
internal sealed class QuerySubject
{
    private QuerySubject(IReadOnlyList<(string Cube, string Member)> members)
    {
        Members = members;
        Cubes = [.. members.Select(member => member.Cube).Distinct().Order(StringComparer.Ordinal)];
        Names = Cubes.Count == 1 ? Cubes[0] : string.Join(',', Cubes);
    }

    public IReadOnlyList<string> Cubes { get; }

    /// <summary>The cubes as one attribute.</summary>
    public string Names { get; }

    public IReadOnlyList<(string Cube, string Member)> Members { get; }

    public static QuerySubject Of(params IEnumerable<CubeQuery> queries) =>
        new([.. queries.SelectMany(query => (query.Measures ?? []).Concat(query.Dimensions).Concat(query.TimeDimensions.Select(time => time.Dimension))).Select(Split)]);

    // Cube.member, or Cube.member.granularity.
    private static (string Cube, string Member) Split(string name)
    {
        var dot = name.IndexOf('.');
        if (dot < 0) return (name, "");
        var end = name.IndexOf('.', dot + 1);
        return (name[..dot], end < 0 ? name[(dot + 1)..] : name[(dot + 1)..end]);
    }
}
