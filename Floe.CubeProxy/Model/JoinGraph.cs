namespace Floe.CubeProxy.Model;

/// <summary>The model's joins: directed, from the cube that defines them.</summary>
public sealed class JoinGraph
{
    private readonly IReadOnlyList<Cube> _cubes;
    private readonly Dictionary<Cube, int> _components = [];

    internal JoinGraph(IReadOnlyList<Cube> cubes)
    {
        _cubes = cubes;
        var count = 0;
        foreach (var cube in cubes)
        {
            if (_components.ContainsKey(cube)) continue;
            Mark(cube, ++count);
        }
    }

    /// <summary>Number of the group of cubes that are connected, whatever the direction; as <c>/v1/meta</c> shows it.</summary>
    public int ComponentOf(Cube cube) => _components[cube];

    /// <summary>
    /// The smallest tree that reaches all cubes from one of them along the joins' direction; null when there is none.
    /// Each cube is tried as the root in the order given, the fewest joins win.
    /// </summary>
    public JoinTree? Find(IReadOnlyList<Cube> cubes)
    {
        JoinTree? best = null;
        foreach (var root in cubes)
        {
            if (FromRoot(root, cubes) is { } tree && (best is null || tree.Joins.Count < best.Joins.Count)) best = tree;
        }
        return best;
    }

    private static JoinTree? FromRoot(Cube root, IReadOnlyList<Cube> cubes)
    {
        var joins = new List<Join>();
        foreach (var target in cubes)
        {
            if (target == root) continue;
            var path = ShortestPath(root, target);
            if (path is null) return null;
            foreach (var join in path)
            {
                if (!joins.Any(known => known.Target == join.Target)) joins.Add(join);
            }
        }
        return new JoinTree(root, joins);
    }

    private static List<Join>? ShortestPath(Cube from, Cube to)
    {
        var reachedBy = new Dictionary<Cube, Join?> { [from] = null };
        var open = new Queue<Cube>([from]);
        while (open.TryDequeue(out var at))
        {
            if (at == to) break;
            foreach (var join in at.Joins)
            {
                if (reachedBy.TryAdd(join.Target, join)) open.Enqueue(join.Target);
            }
        }
        if (!reachedBy.ContainsKey(to)) return null;
        var path = new List<Join>();
        for (var join = reachedBy[to]; join is not null; join = reachedBy[join.From]) path.Add(join);
        path.Reverse();
        return path;
    }

    private void Mark(Cube cube, int component)
    {
        if (!_components.TryAdd(cube, component)) return;
        foreach (var other in _cubes)
        {
            if (cube.Joins.Any(join => join.Target == other) || other.Joins.Any(join => join.Target == cube)) Mark(other, component);
        }
    }
}
