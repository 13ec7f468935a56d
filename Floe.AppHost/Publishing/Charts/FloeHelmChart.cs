using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;

namespace Floe.AppHost.Publishing.Charts;

/// <summary>A chart of Floe: what it is called, what it needs, what its values may be (data model 9B, "FloeHelmChart").</summary>
public sealed partial class FloeHelmChart
{
    /// <summary>Annotation of Chart.yaml that says which Floe a chart version goes with.</summary>
    public const string CompatibilityAnnotation = "floe.dev/compatible-with";

    private const string EnvironmentValues = "values-";

    /// <exception cref="InvalidDocumentException">Name, version, or a dependency breaks its rule.</exception>
    public FloeHelmChart(string name, string version, string appVersion, IReadOnlyList<ChartDependency> dependencies, JsonObject defaults, JsonSchema valuesSchema, IReadOnlyDictionary<string, string> compatibility)
    {
        (Name, Version, AppVersion, Dependencies, Defaults, ValuesSchema, Compatibility) = (name, version, appVersion, dependencies, defaults, valuesSchema, compatibility);
        List<Violation> found = [];
        if (!NameForm().IsMatch(name))
            found.Add(new("name", $"is '{name}', but must match ^[a-z][a-z0-9-]*$"));
        if (!VersionForm().IsMatch(version))
            found.Add(new("version", $"is '{version}', but must be a semantic version like 1.2.3"));
        if (appVersion.Length == 0)
            found.Add(new("appVersion", "is empty, but is required"));
        for (var i = 0; i < dependencies.Count; i++)
            found.AddRange(dependencies[i].Validate($"dependencies[{i}]"));
        if (found.Count > 0)
            throw new InvalidDocumentException($"The chart {name}", found);
    }

    /// <summary><c>^[a-z][a-z0-9-]*$</c></summary>
    public string Name { get; }

    /// <summary>Semantic version.</summary>
    public string Version { get; }

    /// <summary>Version of what it deploys.</summary>
    public string AppVersion { get; }

    /// <summary>Its subcharts.</summary>
    public IReadOnlyList<ChartDependency> Dependencies { get; }

    /// <summary>The content of its values.yaml.</summary>
    public JsonObject Defaults { get; }

    /// <summary>The content of its values.schema.json.</summary>
    public JsonSchema ValuesSchema { get; }

    /// <summary>Chart version -> versions of Floe that it goes with.</summary>
    public IReadOnlyDictionary<string, string> Compatibility { get; }

    /// <summary>The chart's own values for environments, by name: the content of its <c>values-&lt;environment&gt;.yaml</c>.</summary>
    public IReadOnlyDictionary<string, JsonObject> ForEnvironment { get; init; } = new Dictionary<string, JsonObject>();

    /// <summary>Reads a chart's folder: Chart.yaml, values.yaml, values.schema.json, values-&lt;environment&gt;.yaml.</summary>
    /// <exception cref="DistributedApplicationException">A file is missing or broken.</exception>
    public static FloeHelmChart Load(string folder)
    {
        var chart = Yaml.Read(Path.Combine(folder, "Chart.yaml"), Text("Chart.yaml"));
        var name = chart["name"]?.ToString() ?? "";
        var version = chart["version"]?.ToString() ?? "";
        var appVersion = chart["appVersion"]?.ToString() ?? "";
        return new(
            name, version, appVersion,
            [.. (chart["dependencies"] as JsonArray ?? []).Select(d => Dependency(d!.AsObject()))],
            Yaml.Read(Path.Combine(folder, "values.yaml"), Text("values.yaml")),
            JsonSchema.Parse($"{name}/values.schema.json", Text("values.schema.json")),
            new Dictionary<string, string> { [version] = chart.Find("annotations")?[CompatibilityAnnotation]?.ToString() ?? appVersion })
        {
            ForEnvironment = Directory.EnumerateFiles(folder, $"{EnvironmentValues}*.yaml").ToDictionary(f => Path.GetFileNameWithoutExtension(f)[EnvironmentValues.Length..], f => Yaml.Read(f, File.ReadAllText(f))),
        };

        string Text(string file)
        {
            var path = Path.Combine(folder, file);
            return File.Exists(path) ? File.ReadAllText(path) : throw new DistributedApplicationException($"The chart '{folder}' lacks {file}; set Floe:Publish:ChartsDirectory to the folder with Floe's charts.");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]*\z")]
    internal static partial Regex NameForm();

    private static ChartDependency Dependency(JsonObject dependency) => new(
        dependency["name"]?.ToString() ?? "", dependency["version"]?.ToString() ?? "", dependency["repository"]?.ToString() ?? "",
        dependency["condition"]?.ToString(), dependency["alias"]?.ToString());

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[a-z0-9.]+)?\z")]
    private static partial Regex VersionForm();
}
