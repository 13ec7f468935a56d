using YamlDotNet.RepresentationModel;

namespace Floe.SeedWorker.Transform.Project;

/// <summary><c>dbt_project.yml</c>.</summary>
internal sealed class ProjectSettings
{
    private readonly List<(string Path, string Key, object? Value, int Line)> _folderConfig = [];
    private readonly string _file;

    private ProjectSettings(string file) => _file = file;

    public required string Name { get; init; }

    public required IReadOnlyList<string> ModelPaths { get; init; }

    public required IReadOnlyList<string> TestPaths { get; init; }

    public required IReadOnlyDictionary<string, string> Vars { get; init; }

    public static ProjectSettings Read(YamlFile yaml)
    {
        var root = yaml.Entries(yaml.Root, "dbt_project.yml", "name", "version", "config-version", "profile", "model-paths", "test-paths", "vars", "models");
        var name = yaml.Text(root, "name", yaml.Root, "dbt_project.yml");
        var settings = new ProjectSettings(yaml.Name)
        {
            Name = name,
            ModelPaths = Paths(yaml, root, "model-paths", "models"),
            TestPaths = Paths(yaml, root, "test-paths", "tests"),
            Vars = root.TryGetValue("vars", out var vars)
                ? yaml.Entries(vars, "vars").ToDictionary(v => v.Key, v => yaml.Text(v.Value, $"The variable '{v.Key}'"))
                : new Dictionary<string, string>(),
        };

        if (root.TryGetValue("models", out var models))
        {
            foreach (var (project, folders) in yaml.Entries(models, "models"))
            {
                if (project != name)
                    throw yaml.Error(folders, $"models has '{project}'; only this project, '{name}', can be configured.");
                settings.ReadFolder(yaml, folders, "");
            }
        }

        return settings;
    }

    /// <summary>The settings of a model's folders, the outer ones first.</summary>
    public ModelConfig ConfigOf(string modelFile)
    {
        var config = new ModelConfig();
        var inside = ModelPaths.Where(p => modelFile.StartsWith(p + "/", StringComparison.Ordinal)).Select(p => modelFile[(p.Length + 1)..]).First();
        foreach (var (path, key, value, line) in _folderConfig)
        {
            if (inside.StartsWith(path, StringComparison.Ordinal))
                config.Set(key, value, _file, line);
        }

        return config;
    }

    private void ReadFolder(YamlFile yaml, YamlNode node, string path)
    {
        var entries = yaml.Entries(node, $"models of '{path}'");
        foreach (var (key, value) in entries.Where(e => e.Key.StartsWith('+')))
            _folderConfig.Add((path, key[1..], yaml.Plain(value), YamlFile.Line(value)));
        foreach (var (key, value) in entries.Where(e => !e.Key.StartsWith('+')))
            ReadFolder(yaml, value, $"{path}{key}/");
    }

    private static IReadOnlyList<string> Paths(YamlFile yaml, Dictionary<string, YamlNode> root, string key, string otherwise) =>
        root.TryGetValue(key, out var node) ? [.. yaml.List(node, key).Select(p => yaml.Text(p, key))] : [otherwise];
}
