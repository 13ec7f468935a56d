namespace Floe.CubeProxy.Model;

/// <summary>All cubes of a model folder, bound and checked.</summary>
public sealed class SemanticModel
{
    private readonly Dictionary<string, Cube> _byName;

    internal SemanticModel(IReadOnlyList<Cube> cubes, IReadOnlyList<string> notices)
    {
        Cubes = cubes;
        Notices = notices;
        _byName = cubes.ToDictionary(cube => cube.Name);
        HasPolicies = cubes.Any(cube => cube.Policies.Count > 0);
        Joins = new JoinGraph(cubes);
    }

    /// <summary>In the order of files and of definition.</summary>
    public IReadOnlyList<Cube> Cubes { get; }

    public JoinGraph Joins { get; }

    /// <summary>False: everybody sees the same.</summary>
    public bool HasPolicies { get; }

    /// <summary>What the model has and the engine leaves out without harm; for the log.</summary>
    public IReadOnlyList<string> Notices { get; }

    public Cube? Find(string cube) => _byName.GetValueOrDefault(cube);
}
