using Floe.SeedWorker.Transform.Templates;
using YamlDotNet.RepresentationModel;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A dbt project: models, sources, tests and variables, read from dbt's own folder layout and checked as a whole.</summary>
public sealed class DbtProject
{
    private DbtProject(
        string name, IReadOnlyList<DbtModel> models, IReadOnlyList<DbtSource> sources, IReadOnlyList<DbtTest> tests, IReadOnlyList<DbtExposure> exposures,
        IReadOnlyDictionary<string, string> vars) =>
        (Name, Models, Sources, Tests, Exposures, Vars) = (name, models, sources, tests, exposures, vars);

    /// <summary>Name in <c>dbt_project.yml</c>.</summary>
    public string Name { get; }

    /// <summary>The models, each after those that it reads.</summary>
    public IReadOnlyList<DbtModel> Models { get; }

    /// <summary>The declared sources.</summary>
    public IReadOnlyList<DbtSource> Sources { get; }

    /// <summary>Variables with their defaults.</summary>
    public IReadOnlyDictionary<string, string> Vars { get; }

    /// <summary>The model of a name.</summary>
    public DbtModel Model(string name) => Models.First(m => m.Name == name);

    internal IReadOnlyList<DbtTest> Tests { get; }

    internal IReadOnlyList<DbtExposure> Exposures { get; }

    /// <summary>Reads the project in a folder.</summary>
    /// <exception cref="DbtException">Something in it is wrong or not supported.</exception>
    public static DbtProject Load(string folder)
    {
        var path = Path.Combine(folder, "dbt_project.yml");
        if (!File.Exists(path))
            throw new DbtException("dbt_project.yml", 1, $"There is no such file in '{folder}'; the folder must hold a dbt project.");
        return Load(new ProjectFiles(folder));
    }

    private static DbtProject Load(ProjectFiles files)
    {
        var settings = ProjectSettings.Read(files.Yaml("dbt_project.yml"));
        var sql = settings.ModelPaths.SelectMany(p => files.Find(p, "*.sql")).ToList();
        foreach (var twice in sql.GroupBy(Path.GetFileNameWithoutExtension).Where(g => g.Count() > 1))
            throw new DbtException(twice.Last(), 1, $"There is another model '{twice.Key}' in {twice.First()}; names of models must be unique.");

        var declarations = new Declarations(sql.Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.Ordinal));
        foreach (var file in settings.ModelPaths.SelectMany(p => files.Find(p, "*.yml").Concat(files.Find(p, "*.yaml"))))
            declarations.Read(files.Yaml(file));
        foreach (var source in declarations.Sources.Where(s => s.ArrivalsOf is not null && !declarations.Sources.Any(o => o.Source == s.ArrivalsOf && o.Table == s.Table)))
            throw new DbtException(source.Docs.File!, 1, $"The source '{source.Source}' has the arrivals of '{source.ArrivalsOf}.{source.Table}', which no YAML file declares.");
        var models = sql.Select(file => ReadModel(file, files, settings, declarations)).ToList();

        var singular = settings.TestPaths.SelectMany(p => files.Find(p, "*.sql"))
            .Select(file => new SingularTest(Path.GetFileNameWithoutExtension(file), Template.Parse(file, files.Text(file)), file)).ToList();

        foreach (var (file, template) in models.Select(m => (m.File, m.Template)).Concat(singular.Select(t => (t.File, t.Template))))
            CheckReferences(file, template, models, declarations.Sources);

        return new DbtProject(settings.Name, ModelGraph.Sort(models), declarations.Sources, [.. declarations.Tests, .. singular], declarations.Exposures, settings.Vars);
    }

    private static DbtModel ReadModel(string file, ProjectFiles files, ProjectSettings settings, Declarations declarations)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var template = Template.Parse(file, files.Text(file));
        var config = settings.ConfigOf(file);
        declarations.Configure(name, config);
        var line = 1;
        foreach (var (key, value, at) in template.Config)
        {
            config.Set(key, value, file, at);
            line = at;
        }

        config.Check(file, line);
        return new DbtModel(name, file, template, config, declarations.Docs.GetValueOrDefault(name));
    }

    private static void CheckReferences(string file, Template template, List<DbtModel> models, IReadOnlyList<DbtSource> sources)
    {
        foreach (var (model, line) in template.Refs)
        {
            if (models.All(m => m.Name != model))
                throw new DbtException(file, line, $"ref('{model}'): there is no such model; the models are {string.Join(", ", models.Select(m => m.Name).Order())}.");
        }

        foreach (var ((source, table), line) in template.Sources)
        {
            if (!sources.Any(s => s.Source == source && s.Table == table))
                throw new DbtException(file, line, $"source('{source}', '{table}'): no YAML file declares it; declared are {string.Join(", ", sources.Select(s => $"{s.Source}.{s.Table}").Order())}.");
        }
    }
}
