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
        // Numbered as Cube does: by the place of the first cube that has joins among those.
        foreach (var cube in cubes.Where(cube => cube.Joins.Count > 0)) Mark(cube, ++count);
    }

    /// <summary>Number of the group of cubes that are connected, whatever the direction, as <c>/v1/meta</c> shows it; null for a cube that no join touches.</summary>
    public int? ComponentOf(Cube cube) => _components.TryGetValue(cube, out var component) ? component : null;

    /// <summary>
    /// The smallest tree that reaches all cubes from one of them along the joins' direction; null when there is none.
    /// The start of each path is tried as the root in the order given, the fewest joins win.
    /// </summary>
    /// <param name="paths">Each a cube, or the way to one: the cubes to pass, in order.</param>
    public JoinTree? Find(IReadOnlyList<IReadOnlyList<Cube>> paths)
    {
        JoinTree? best = null;
        foreach (var path in paths)
        {
            if (FromRoot(path, paths) is { } tree && (best is null || tree.Joins.Count < best.Joins.Count)) best = tree;
        }
        return best;
    }

    private static JoinTree? FromRoot(IReadOnlyList<Cube> first, IReadOnlyList<IReadOnlyList<Cube>> paths)
    {
        var root = first[0];
        var joins = new List<Join>();
        var joined = new HashSet<Cube> { root };
        // The root's own way comes first, as the others may start where it passes.
        foreach (var path in paths.Where(path => path != first).Prepend(first))
        {
            var from = root;
            foreach (var target in path.Where(cube => cube != root))
            {
                if (joined.Add(target))
                {
                    if (ShortestPath(from, target) is not { } way) return null;
                    foreach (var join in way)
                    {
                        if (!joins.Exists(known => known.Target == join.Target)) joins.Add(join);
                        joined.Add(join.Target);
                    }
                }
                from = target;
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
