namespace Aspire.Hosting.Pipelines;

/// <summary>The steps by name with everything they depend on, checked: every name exists, no step waits for itself.</summary>
internal sealed class PipelineGraph
{
    private readonly Dictionary<string, PipelineStep> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _dependencies = new(StringComparer.Ordinal);

    /// <exception cref="DistributedApplicationException">Two steps have one name, a dependency is unknown, or the dependencies form a circle.</exception>
    public PipelineGraph(IEnumerable<PipelineStep> steps)
    {
        foreach (var step in steps)
        {
            if (!_steps.TryAdd(step.Name, step))
            {
                throw new DistributedApplicationException($"The pipeline has two steps named '{step.Name}'; names of steps are unique, rename one.");
            }

            _dependencies[step.Name] = [];
        }

        foreach (var step in _steps.Values)
        {
            foreach (var before in step.DependsOnSteps)
            {
                AddDependency(step.Name, before, step.Name, "depends on");
            }

            foreach (var after in step.RequiredBySteps)
            {
                AddDependency(after, step.Name, step.Name, "is required by");
            }
        }

        RefuseCircles();
    }

    public IReadOnlyCollection<PipelineStep> Steps => _steps.Values;

    public IReadOnlyList<string> DependenciesOf(string step) => _dependencies[step];

    /// <summary>The step and everything it depends on; a step comes behind all that it depends on, otherwise in the order of registration.</summary>
    /// <exception cref="DistributedApplicationException">There is no step of this name.</exception>
    public IReadOnlyList<PipelineStep> OrderFor(string target)
    {
        if (!_steps.ContainsKey(target))
        {
            throw new DistributedApplicationException($"The pipeline has no step named '{target}'. Its steps: {string.Join(", ", _steps.Keys.Order(StringComparer.Ordinal))}.");
        }

        List<PipelineStep> order = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        Visit(target);
        return order;

        void Visit(string name)
        {
            if (!seen.Add(name))
            {
                return;
            }

            foreach (var before in _dependencies[name])
            {
                Visit(before);
            }

            order.Add(_steps[name]);
        }
    }

    private void AddDependency(string step, string before, string declaredBy, string relation)
    {
        var named = step == declaredBy ? before : step;
        if (!_steps.ContainsKey(named))
        {
            throw new DistributedApplicationException(
                $"The pipeline step '{declaredBy}' {relation} '{named}', which does not exist. Its steps: {string.Join(", ", _steps.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (!_dependencies[step].Contains(before))
        {
            _dependencies[step].Add(before);
        }
    }

    private void RefuseCircles()
    {
        List<string> path = [];
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (var name in _steps.Keys)
        {
            Visit(name);
        }

        void Visit(string name)
        {
            if (path.IndexOf(name) is var start and >= 0)
            {
                var circle = string.Join(" -> ", [.. path[start..].Select(p => $"'{p}'"), $"'{name}'"]);
                throw new DistributedApplicationException($"The pipeline steps depend on each other in a circle: {circle}. Remove one of these dependencies.");
            }

            if (done.Contains(name))
            {
                return;
            }

            path.Add(name);
            foreach (var before in _dependencies[name])
            {
                Visit(before);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
        }
    }
}
