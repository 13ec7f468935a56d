using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A YAML file of the project, read by shape; what does not fit is an error at its line.</summary>
internal sealed class YamlFile
{
    private YamlFile(string name, YamlMappingNode root) => (Name, Root) = (name, root);

    /// <summary>Path inside the project.</summary>
    public string Name { get; }

    /// <summary>The document.</summary>
    public YamlMappingNode Root { get; }

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="DbtException">It is not YAML, or not a mapping.</exception>
    public static YamlFile Parse(string name, string text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new DbtException(name, (int)e.Start.Line, $"This is not valid YAML: {e.Message}", e);
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }]
            ? new YamlFile(name, root)
            : throw new DbtException(name, 1, "The file must hold one mapping (key: value).");
    }

    /// <summary>The entries of a mapping; a key that is not among the known ones is an error.</summary>
    public Dictionary<string, YamlNode> Entries(YamlNode node, string what, params ReadOnlySpan<string> known)
    {
        if (node is not YamlMappingNode map)
            throw Error(node, $"{what} must be a mapping (key: value).");
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Children)
        {
            var name = Text(key, "A key");
            if (known.Length > 0 && !known.Contains(name))
                throw Error(key, $"'{name}' is not a key of {what} that is supported; those are {string.Join(", ", known)}.");
            entries.Add(name, value);
        }

        return entries;
    }

    /// <summary>The elements of a list.</summary>
    public IEnumerable<YamlNode> List(YamlNode node, string what) =>
        node is YamlSequenceNode list ? list.Children : throw Error(node, $"{what} must be a list.");

    /// <summary>A text.</summary>
    public string Text(YamlNode node, string what) =>
        node is YamlScalarNode { Value: { } text } ? text : throw Error(node, $"{what} must be a text.");

    /// <summary>A text that must be there.</summary>
    public string Text(Dictionary<string, YamlNode> entries, string key, YamlNode parent, string what) =>
        entries.TryGetValue(key, out var node) ? Text(node, $"'{key}' of {what}") : throw Error(parent, $"{what} has no '{key}'.");

    /// <summary>A setting: a text, a list or a mapping of them.</summary>
    public object? Plain(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value,
        YamlSequenceNode list => list.Children.Select(Plain).ToList(),
        YamlMappingNode map => Entries(map, "a setting").ToDictionary(e => e.Key, e => Plain(e.Value)),
        _ => throw Error(node, "A setting must be a text, a list or a mapping."),
    };

    /// <summary>An error at a node.</summary>
    public DbtException Error(YamlNode node, string reason) => new(Name, (int)node.Start.Line, reason);

    /// <summary>Line of a node, from 1.</summary>
    public static int Line(YamlNode node) => (int)node.Start.Line;
}
