using System.Security.Cryptography;
using System.Text;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>What models are, in a few characters: the SQL of a model and of all that it reads, with variables and settings. Rows that were built by
/// another definition cannot be added to.</summary>
internal sealed class ModelDefinitions(DbtProject project)
{
    private readonly RelationScope _scope = new(project, new Dictionary<string, string>());
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Of(DbtModel model)
    {
        if (_known.TryGetValue(model.Name, out var known))
            return known;
        var text = new StringBuilder();
        text.Append(_scope.Query(model, incremental: false)).Append('\0').Append(_scope.Query(model, incremental: true)).Append('\0');
        text.Append(model.Materialized).Append(model.Config.Strategy).AppendJoin(',', model.Config.UniqueKey);
        foreach (var parent in model.DependsOn.Order(StringComparer.Ordinal))
            text.Append('\0').Append(Of(project.Model(parent)));
        return _known[model.Name] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
