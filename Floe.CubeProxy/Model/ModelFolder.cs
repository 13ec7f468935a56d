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
        var cubes = new List<Cube>();
        var notices = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var file = Path.GetRelativePath(folder, path).Replace('\\', '/');
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".yml" or ".yaml":
                    ReadFile(file, File.ReadAllText(path), cubes, notices);
                    break;
                case ".js" or ".ts" or ".py" or ".jinja":
                    throw new ModelException(new SourcePlace(file, 1), "Models in JavaScript, Python or Jinja are programs, which Floe's engine does not run; write this one in YAML.");
            }
        }
        if (cubes.Count == 0)
            throw new ModelException(new SourcePlace(folder, 0), "The model folder has no cube; add a .yml file with 'cubes:'.");
        ModelBinder.Bind(cubes);
        return new SemanticModel(cubes, notices);
    }

    private static void ReadFile(string file, string text, List<Cube> cubes, List<string> notices)
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
            root.Refuse("views", "view_groups");
            if (root.Take("cubes") is { } list)
            {
                if (list is not YamlSequenceNode sequence) throw new ModelException(root.PlaceOf(list), "'cubes' must be a list; each entry starts with '- name:'.");
                var reader = new CubeReader(file, notices);
                cubes.AddRange(sequence.Children.Select(reader.Read));
            }
            root.Finish();
        }
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
