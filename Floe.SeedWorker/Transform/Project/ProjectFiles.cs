namespace Floe.SeedWorker.Transform.Project;

/// <summary>The files of a project, by path inside it with <c>/</c>, in a stable order.</summary>
internal sealed class ProjectFiles(string folder)
{
    public string Text(string file) => File.ReadAllText(Path.Combine(folder, file)).ReplaceLineEndings("\n");

    public YamlFile Yaml(string file) => YamlFile.Parse(file, Text(file));

    public IEnumerable<string> Find(string path, string pattern)
    {
        var root = Path.Combine(folder, path);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)
            : [];
    }
}
