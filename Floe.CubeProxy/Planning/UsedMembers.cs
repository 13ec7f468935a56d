using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// The members that a query uses, by cube: those asked for and those that they are made of. A view is a door of its own: what its
/// members are made of in the cubes that it shows is not counted, only the rows of those cubes are.
/// </summary>
internal sealed class UsedMembers
{
    private readonly Dictionary<Cube, HashSet<Member>> _byCube = [];

    private UsedMembers()
    {
    }

    public IEnumerable<Cube> Cubes => _byCube.Keys;

    public IReadOnlyCollection<Member> In(Cube cube) => _byCube.TryGetValue(cube, out var members) ? members : [];

    public static UsedMembers Of(ResolvedQuery query)
    {
        var used = new UsedMembers();
        foreach (var member in query.AllMembers) used.Add(member, member.Cube.IsView ? member.Cube.Members.Select(shown => shown.Underlying.Cube).ToHashSet() : new HashSet<Cube>());
        return used;
    }

    private void Add(Member member, IReadOnlySet<Cube> shown)
    {
        if (!shown.Contains(member.Cube))
        {
            if (!_byCube.TryGetValue(member.Cube, out var members)) _byCube.Add(member.Cube, members = []);
            members.Add(member);
        }
        foreach (var inner in member.Templates.SelectMany(template => template.Members)) Add(inner, shown);
    }
}
