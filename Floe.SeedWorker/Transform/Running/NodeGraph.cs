using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>The nodes of a project and what reads what.</summary>
internal sealed class NodeGraph
{
    private readonly Dictionary<string, DbtNode> _nodes;
    private readonly ILookup<string, string> _children;

    public NodeGraph(DbtProject project)
    {
        var name = project.Name;
        var sources = project.Sources.Select(s => new DbtNode(SourceId(name, (s.Source, s.Table)), "source", $"{s.Source}.{s.Table}", s.Docs.File ?? "")
        {
            Parents = [],
            FullName = [name, s.Source, s.Table],
            Source = s,
        });
        var models = project.Models.Select(m => new DbtNode(ModelId(name, m.Name), "model", m.Name, m.File)
        {
            Parents = [.. m.DependsOn.Select(d => ModelId(name, d)), .. m.Template.Sources.Keys.Select(s => SourceId(name, s))],
            FullName = [name, .. m.File.Split('/')[1..^1], m.Name],
            Model = m,
        }).ToList();
        var exposures = project.Exposures.Select(e => new DbtNode($"exposure.{name}.{e.Name}", "exposure", e.Name, e.File)
        {
            Parents = [.. e.DependsOn.Select(d => ModelId(name, d))],
            FullName = [name, e.Name],
            Exposure = e,
        });
        var tests = project.Tests.Select(t => new DbtNode($"test.{name}.{t.NodeName}", "test", t.NodeName, t.File)
        {
            Parents = [.. t.Models.Select(d => ModelId(name, d)), .. t.Sources.Select(s => SourceId(name, s))],
            FullName = [name, t.NodeName],
            Test = t,
        }).ToList();

        // Each test right after the last model that it asks; those of sources come first.
        var place = models.Select((m, i) => (m.UniqueId, i)).ToDictionary(m => m.UniqueId, m => m.i);
        var after = tests.ToLookup(t => t.Parents.Select(p => place.GetValueOrDefault(p, -1)).DefaultIfEmpty(-1).Max());
        InOrder = [.. after[-1], .. models.SelectMany((m, i) => after[i].Prepend(m))];
        _nodes = sources.Concat(InOrder).Concat(exposures).DistinctBy(n => n.UniqueId).ToDictionary(n => n.UniqueId);
        _children = _nodes.Values.SelectMany(n => n.Parents.Select(p => (p, n.UniqueId))).ToLookup(p => p.p, p => p.UniqueId);
    }

    /// <summary>Models and tests in the order in which they can be done.</summary>
    public IReadOnlyList<DbtNode> InOrder { get; }

    /// <summary>Every node.</summary>
    public IReadOnlyCollection<DbtNode> All => _nodes.Values;

    public DbtNode this[string id] => _nodes[id];

    /// <summary>What has to be well before a node can be done: the models that it reads, and for a model the tests that ask nothing but what it is
    /// made from.</summary>
    public IEnumerable<string> Gates(DbtNode node)
    {
        if (node.Model is null)
            return node.Parents;
        var ancestors = Ancestors(node.UniqueId);
        return node.Parents.Concat(ancestors.SelectMany(Children).Distinct().Where(c => _nodes[c].Test is not null && _nodes[c].Parents.All(ancestors.Contains)));
    }

    public IEnumerable<string> Children(string id) => _children[id];

    /// <summary>What a node reads, over so many steps.</summary>
    public IReadOnlySet<string> Ancestors(string id, int steps = int.MaxValue) => Reach(id, n => _nodes[n].Parents, steps);

    /// <summary>What reads a node, over so many steps.</summary>
    public IReadOnlySet<string> Descendants(string id, int steps = int.MaxValue) => Reach(id, n => _children[n], steps);

    public static string ModelId(string project, string model) => $"model.{project}.{model}";

    private static string SourceId(string project, (string Source, string Table) source) => $"source.{project}.{source.Source}.{source.Table}";

    private static HashSet<string> Reach(string id, Func<string, IEnumerable<string>> next, int steps)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<string> edge = [id];
        for (var step = 0; step < steps && edge.Count > 0; step++)
            edge = [.. edge.SelectMany(next).Where(found.Add)];
        return found;
    }
}
