using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>
/// dbt's node selection: criteria separated by spaces are united, by commas intersected. A criterion is a name (with <c>*</c> and <c>?</c>), a folder or
/// <c>method:value</c>; <c>+</c> before it adds what it reads, after it what reads it, with a number over so many steps.
/// </summary>
internal sealed partial class NodeSelector(NodeGraph graph)
{
    private const string Methods = "tag, path, file, config.materialized, source, exposure, resource_type, test_name";

    /// <summary>Ids of the nodes that are selected, with the tests of every selected model or source.</summary>
    /// <param name="graph">The project's nodes.</param>
    /// <param name="select">Which; empty for all.</param>
    /// <param name="exclude">Which not; empty for none.</param>
    /// <exception cref="SelectionException">A criterion is not understood, or selects nothing.</exception>
    public static IReadOnlySet<string> Select(NodeGraph graph, string select, string exclude)
    {
        var selector = new NodeSelector(graph);
        var selected = string.IsNullOrWhiteSpace(select) ? graph.All.Select(n => n.UniqueId).ToHashSet(StringComparer.Ordinal) : selector.WithTests(selector.Union(select));
        if (!string.IsNullOrWhiteSpace(exclude))
            selected.ExceptWith(selector.WithTests(selector.Union(exclude)));
        return selected.Count > 0 ? selected : throw new SelectionException($"'{select}' without '{exclude}' leaves no node.");
    }

    private HashSet<string> Union(string text)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var criteria = part.Split(',').Select(Criterion).ToList();
            var both = criteria[0];
            foreach (var other in criteria.Skip(1))
                both.IntersectWith(other);
            all.UnionWith(both);
        }

        return all;
    }

    private HashSet<string> Criterion(string text)
    {
        if (CriterionPattern().Match(text) is not { Success: true } match)
            throw new SelectionException($"'{text}' is not understood; a criterion is a name, a folder or method:value ({Methods}), with '+' or a number and '+' around it.");
        var nodes = graph.All.Where(Matches(match.Groups["method"].Value, match.Groups["value"].Value, text)).Select(n => n.UniqueId).ToHashSet(StringComparer.Ordinal);
        if (nodes.Count == 0)
            throw new SelectionException($"'{text}' selects nothing; look at the nodes with 'ls'.");
        HashSet<string> result = [.. nodes];
        foreach (var node in nodes)
        {
            if (match.Groups["up"].Success)
                result.UnionWith(graph.Ancestors(node, Steps(match.Groups["up"].Value)));
            if (match.Groups["down"].Success)
                result.UnionWith(graph.Descendants(node, Steps(match.Groups["down"].Value)));
        }

        return result;
    }

    private static int Steps(string text) => text.Trim('+') is { Length: > 0 } number ? int.Parse(number, CultureInfo.InvariantCulture) : int.MaxValue;

    private static Func<DbtNode, bool> Matches(string method, string value, string text) => method switch
    {
        "" => n => n.ResourceType is "model" or "test" && (Like(value, n.Name) || Like(value, string.Join('.', n.FullName)) || InFolder(value, n)),
        "tag" => n => n.Model?.Config.Tags.Any(t => Like(value, t)) ?? false,
        "path" => n => n.ResourceType is "model" or "test" && (n.File == value.TrimEnd('/') || n.File.StartsWith(value.TrimEnd('/') + "/", StringComparison.Ordinal) || Like(value, n.File)),
        "file" => n => n.ResourceType is "model" or "test" && Like(value, Path.GetFileName(n.File)),
        "config.materialized" => n => n.Model is { } model && Like(value, model.Materialized.ToString().ToLowerInvariant()),
        "source" => n => n.Source is { } source && (Like(value, source.Source) || Like(value, $"{source.Source}.{source.Table}")),
        "exposure" => n => n.Exposure is { } exposure && Like(value, exposure.Name),
        "resource_type" => n => Like(value, n.ResourceType),
        "test_name" => n => n.Test is ColumnTest test && Like(value, test.Kind),
        _ => throw new SelectionException($"'{text}': the method '{method}' is not supported; there are {Methods}."),
    };

    // As in dbt a folder is named by its path below models, with dots.
    private static bool InFolder(string value, DbtNode node) =>
        node.Model is not null && (string.Join('.', node.FullName).StartsWith(value + ".", StringComparison.Ordinal) || string.Join('.', node.FullName.Skip(1)).StartsWith(value + ".", StringComparison.Ordinal));

    private static bool Like(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private HashSet<string> WithTests(HashSet<string> nodes)
    {
        nodes.UnionWith(graph.All.Where(n => n.Test is not null && n.Parents.Any(nodes.Contains)).Select(n => n.UniqueId).ToList());
        return nodes;
    }

    [GeneratedRegex(@"^(?<up>\d*\+)?((?<method>[a-z_.]+):)?(?<value>[^+:,\s]+)(?<down>\+\d*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex CriterionPattern();
}
