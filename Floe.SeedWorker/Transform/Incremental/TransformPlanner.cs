using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform.Incremental;

/// <summary>
/// Finds what a run has to read. The watermark is arrival: an incremental model takes up the rows of the snapshots that came to the sources since those
/// that it was built from, whatever times the rows carry, so a late one is never overlooked. Where that cannot be told – a table is new, its
/// definition changed, rows of a source were deleted, snapshots have expired – everything is built from nothing, and the reason is given.
/// </summary>
internal sealed class TransformPlanner(ICatalog catalog, DbtProject project, TransformRequest request)
{
    private readonly NodeGraph _graph = new(project);
    private readonly ModelDefinitions _definitions = new(project);

    public async Task<TransformPlan> PlanAsync(CancellationToken ct)
    {
        var (nodes, read) = Nodes();
        var models = project.Models.Where(m => nodes.Contains(NodeGraph.ModelId(project.Name, m.Name))).ToList();
        var landed = models.Where(m => m.IcebergNamespace is not null).ToList();

        var sourcesTask = Task.WhenAll(project.Sources.Where(s => s.ArrivalsOf is null).Select(s => catalog.LoadTableAsync(new TableIdentifier(s.Source, s.Table), ct)));
        var tablesTask = Task.WhenAll(landed.Concat(read).Select(async m => (m.Name, Table: await FindAsync(m, ct))));
        var sources = (await sourcesTask).ToDictionary(t => t.Identifier.ToString());
        var tables = (await tablesTask).Where(t => t.Table is not null).ToDictionary(t => t.Name, t => t.Table!);
        foreach (var model in read.Where(m => !tables.ContainsKey(m.Name)))
            throw new DbtException(model.File, 1, $"The selected models read '{model.Name}', which is not selected and has no table {model.IcebergNamespace}.{model.Name} yet; select it too ('+' before a model's name takes what it reads).");

        var before = new Dictionary<string, ModelState>(StringComparer.Ordinal);
        string? why = request.FullRefresh ? "a full refresh was asked for" : null;
        foreach (var model in landed.Concat(read))
        {
            var (state, missing) = tables.TryGetValue(model.Name, out var table) ? ModelState.Of(table) : (null, $"{model.IcebergNamespace}.{model.Name} is not there yet");
            if (state is not null)
                before[model.Name] = state;
            if (model.Materialized != Materialization.Incremental || read.Contains(model))
                continue;
            why ??= missing ?? (state!.Definition != _definitions.Of(model) ? $"the definition of {model.Name} changed" : null);
        }

        var now = new ModelState(sources.ToDictionary(s => s.Key, s => s.Value.Metadata.CurrentSnapshotId), null);
        var incremental = landed.Where(m => m.Materialized == Materialization.Incremental).ToList();
        IReadOnlyDictionary<string, ScanPlan> arrivals = new Dictionary<string, ScanPlan>();
        if (why is null && incremental.Count > 0)
            (arrivals, why) = await ArrivalsAsync(sources, Oldest(sources, incremental.Select(m => before[m.Name])), ct);

        var attached = await Task.WhenAll(read.Concat(why is null ? incremental : []).Select(async m => (m.Name, Plan: await tables[m.Name].NewScan().PlanAsync(ct))));
        return new TransformPlan
        {
            Project = project,
            Nodes = nodes,
            Landing = landed,
            Sources = sources,
            Tables = tables,
            FullRefresh = incremental.Count == 0 ? null : why,
            Arrivals = why is null ? arrivals : new Dictionary<string, ScanPlan>(),
            Attached = attached.ToDictionary(a => a.Name, a => a.Plan),
            Before = before,
            After = landed.ToDictionary(m => m.Name, m => After(m, sources, read, before, now)),
        };
    }

    /// <summary>Ids of the nodes to be done, and the landed models that they read and that stay as they are.</summary>
    private (IReadOnlySet<string> Nodes, IReadOnlyList<DbtModel> Read) Nodes()
    {
        var selected = NodeSelector.Select(_graph, request.Select, request.Exclude);
        var nodes = selected.Where(id => _graph[id].Model is not null || _graph[id].Test is not null).ToHashSet(StringComparer.Ordinal);
        var read = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(nodes);
        while (open.TryPop(out var id))
        {
            foreach (var parent in _graph[id].Parents.Where(p => _graph[p].Model is not null && !nodes.Contains(p)))
            {
                if (_graph[parent].Model!.IcebergNamespace is not null)
                    read.Add(parent);
                else if (nodes.Add(parent))
                    open.Push(parent);
            }
        }

        return (nodes, [.. read.Select(id => _graph[id].Model!)]);
    }

    // A model that reads others as they were landed has seen no more than they have.
    private ModelState After(DbtModel model, Dictionary<string, Table> sources, IReadOnlyList<DbtModel> read, Dictionary<string, ModelState> before, ModelState now)
    {
        var ancestors = _graph.Ancestors(NodeGraph.ModelId(project.Name, model.Name));
        var seen = read.Where(r => ancestors.Contains(NodeGraph.ModelId(project.Name, r.Name)) && before.ContainsKey(r.Name)).Select(r => before[r.Name]).ToList();
        return new ModelState(Oldest(sources, [.. seen, now]), _definitions.Of(model));
    }

    /// <summary>For each source's table the earliest of the snapshots; null, its beginning, when one is not known.</summary>
    private static Dictionary<string, long?> Oldest(Dictionary<string, Table> sources, IEnumerable<ModelState> states)
    {
        var all = states.ToList();
        return sources.ToDictionary(s => s.Key, s =>
        {
            var sequence = s.Value.Metadata.Snapshots.ToDictionary(x => x.SnapshotId, x => x.SequenceNumber);
            return all.Select(state => state.Sources.GetValueOrDefault(s.Key)).MinBy(id => id is { } known ? sequence.GetValueOrDefault(known, -1) : long.MinValue);
        });
    }

    private static async Task<(IReadOnlyDictionary<string, ScanPlan> Arrivals, string? Why)> ArrivalsAsync(
        Dictionary<string, Table> sources, Dictionary<string, long?> since, CancellationToken ct)
    {
        try
        {
            var plans = await Task.WhenAll(sources.Select(async s =>
                (s.Key, Plan: await (since[s.Key] is { } snapshot ? s.Value.NewScan().AppendedAfter(snapshot) : s.Value.NewScan()).PlanAsync(ct))));
            return (plans.ToDictionary(p => p.Key, p => p.Plan), null);
        }
        catch (ValidationException e)
        {
            // The difference is not in the files alone: rows went, or the history is too short.
            return (new Dictionary<string, ScanPlan>(), e.Message.TrimEnd('.'));
        }
    }

    private async Task<Table?> FindAsync(DbtModel model, CancellationToken ct)
    {
        try
        {
            return await catalog.LoadTableAsync(new TableIdentifier(model.IcebergNamespace!, model.Name), ct);
        }
        catch (NoSuchTableException)
        {
            return null;
        }
    }
}
