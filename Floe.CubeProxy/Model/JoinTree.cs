namespace Floe.CubeProxy.Model;

/// <summary>The joins a query needs, in the order in which they are written into SQL.</summary>
/// <param name="Root">The cube of the FROM clause.</param>
public sealed record JoinTree(Cube Root, IReadOnlyList<Join> Joins)
{
    public IEnumerable<Cube> Cubes => [Root, .. Joins.Select(join => join.Target)];

    /// <summary>
    /// True when a row of <paramref name="cube"/> can appear several times in the joined rows: walking from it over the tree
    /// meets an edge that leads from one to many.
    /// </summary>
    public bool Multiplies(Cube cube)
    {
        var visited = new HashSet<Cube> { cube };
        var open = new Stack<Cube>([cube]);
        while (open.TryPop(out var at))
        {
            foreach (var join in Joins)
            {
                var (next, toMany) = join.From == at ? (join.Target, join.Relationship == Relationship.OneToMany)
                    : join.Target == at ? (join.From, join.Relationship == Relationship.ManyToOne)
                    : (null, false);
                if (next is null || visited.Contains(next)) continue;
                if (toMany) return true;
                visited.Add(next);
                open.Push(next);
            }
        }
        return false;
    }
}
