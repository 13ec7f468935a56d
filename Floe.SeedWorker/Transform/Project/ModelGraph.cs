namespace Floe.SeedWorker.Transform.Project;

/// <summary>The order in which models can be built.</summary>
internal static class ModelGraph
{
    /// <summary>Every model after those that it reads; otherwise in the order given.</summary>
    /// <exception cref="DbtException">Models read each other in a circle.</exception>
    public static IReadOnlyList<DbtModel> Sort(IReadOnlyList<DbtModel> models)
    {
        var byName = models.ToDictionary(m => m.Name, StringComparer.Ordinal);
        var sorted = new List<DbtModel>(models.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var model in models)
            Visit(model);
        return sorted;

        void Visit(DbtModel model)
        {
            if (done.Contains(model.Name))
                return;
            if (path.IndexOf(model.Name) is >= 0 and var start)
            {
                throw new DbtException(model.File, model.Template.Refs.Values.Min(),
                    $"Models read each other in a circle: {string.Join(" -> ", [.. path[start..], model.Name])}.");
            }

            path.Add(model.Name);
            foreach (var name in model.DependsOn)
                Visit(byName[name]);
            path.RemoveAt(path.Count - 1);
            done.Add(model.Name);
            sorted.Add(model);
        }
    }
}
