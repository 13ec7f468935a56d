using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads a folder of Cube YAML, the same folder that a real Cube mounts.</summary>
public static class ModelFolder
{
    /// <exception cref="ModelException">The model cannot be used; the message names file and line.</exception>
    public static SemanticModel Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ModelException(new SourcePlace(folder, 0), "The model folder does not exist; create it with at least one .yml file or name another.");
        var sources = new List<(string File, YamlNode Node)>();
        var views = new List<(string File, YamlNode Node)>();
        var notices = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var file = Path.GetRelativePath(folder, path).Replace('\\', '/');
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".yml" or ".yaml":
                    ReadFile(file, File.ReadAllText(path), sources, views);
                    break;
                case ".js" or ".ts" or ".py" or ".jinja":
                    throw new ModelException(new SourcePlace(file, 1), "Models in JavaScript, Python or Jinja are programs, which Floe's engine does not run; write this one in YAML.");
            }
        }
        var reader = new CubeReader(ByName(sources), notices);
        var cubes = sources.Select(source => reader.Read(source.File, source.Node)).ToList();
        if (cubes.Count == 0)
            throw new ModelException(new SourcePlace(folder, 0), "The model folder has no cube; add a .yml file with 'cubes:'.");
        ModelBinder.Bind(cubes);
        var viewReader = new ViewReader(cubes.ToDictionary(cube => cube.Name), notices);
        cubes.AddRange(views.Select(view => viewReader.Read(view.File, view.Node)));
        ModelBinder.BindPolicies(cubes);
        // File by file, the cubes of each before its views.
        return new SemanticModel([.. cubes.OrderBy(cube => cube.Place.File, StringComparer.Ordinal)], notices);
    }

    private static void ReadFile(string file, string text, List<(string File, YamlNode Node)> cubes, List<(string File, YamlNode Node)> views)
    {
        RefuseJinja(file, text);
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new ModelException(new SourcePlace(file, (int)e.Start.Line), $"Not valid YAML: {(e.InnerException ?? e).Message}", e);
        }
        foreach (var document in stream.Documents)
        {
            var root = new YamlSection(file, document.RootNode, "a model file");
            root.Refuse("view_groups");
            foreach (var (key, into) in new[] { ("cubes", cubes), ("views", views) })
            {
                if (root.Take(key) is not { } list) continue;
                if (list is not YamlSequenceNode sequence) throw new ModelException(root.PlaceOf(list), $"'{key}' must be a list; each entry starts with '- name:'.");
                into.AddRange(sequence.Children.Select(child => (file, child)));
            }
            root.Finish();
        }
    }

    // The first of a name: a second one is refused when all are read, with both places.
    private static Dictionary<string, (string File, YamlNode Node)> ByName(List<(string File, YamlNode Node)> sources)
    {
        var byName = new Dictionary<string, (string, YamlNode)>();
        foreach (var source in sources)
        {
            if (new YamlSection(source.File, source.Node, "a cube").PeekText("name") is { } name) byName.TryAdd(name, source);
        }
        return byName;
    }

    private static void RefuseJinja(string file, string text)
    {
        var line = 1;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '\n') line++;
            if (text[i] == '{' && (text[i + 1] is '{' or '%' or '#'))
                throw new ModelException(new SourcePlace(file, line), "Jinja ('{{ }}', '{% %}') is not supported by Floe's engine; write the model out in plain YAML.");
        }
    }
}
