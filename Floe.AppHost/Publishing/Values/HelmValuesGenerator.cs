using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Plugins;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Values;

/// <summary>
/// Makes the Helm values of one environment (data model 9B, "HelmValuesGenerator"). Later layers win: chart defaults, the application model (images),
/// the environment (the charts' values-&lt;environment&gt;.yaml, then the cluster mapping with its preset), the artifacts (plugins, models, profiles), the user's own values.
/// </summary>
public sealed class HelmValuesGenerator(CompiledArtifacts artifacts, string environment, ClusterMappings clusters, IReadOnlyList<FloeHelmChart> charts)
{
    /// <summary>Values that all charts share.</summary>
    public const string Global = "global";

    private const string Infrastructure = "floe-infrastructure";

    /// <summary>Values that follow from the application model; first level: names of charts, or <c>global</c>.</summary>
    public JsonObject ModelValues { get; init; } = [];

    /// <summary>The user's own values, the strongest; same shape.</summary>
    public JsonObject UserValues { get; init; } = [];

    /// <summary>The environment's mapping.</summary>
    public ClusterMapping Mapping { get; } = clusters.For(environment);

    /// <summary>The merged values of the artifacts' plugins, models and profiles.</summary>
    /// <exception cref="InvalidDocumentException">A plugin or one of its settings is unknown.</exception>
    public JsonObject PluginValues => ValueTree.Merge(ValueTree.Merge(OfPlugins(), OfTelemetry()), OfTransforms());

    /// <summary>Everything that differs from the charts' defaults, merged and checked; first level: names of charts, or <c>global</c>.</summary>
    /// <exception cref="InvalidDocumentException">A value is unknown, missing, of the wrong type or looks like a credential; all fields are named.</exception>
    public JsonObject Generate()
    {
        var values = ValueTree.Merge(ValueTree.Merge(ValueTree.Merge(ModelValues, OfEnvironment()), PluginValues), UserValues);
        var violations = Validate(values);
        return violations.Count > 0 ? throw new InvalidDocumentException($"Helm values for the environment '{environment}'", violations) : values;
    }

    /// <summary>The values of one chart: its own, with the shared ones under <c>global</c>; empty sections are left out.</summary>
    public static JsonObject ForChart(JsonObject values, FloeHelmChart chart)
    {
        // A shared value is given to the charts that have it: each refuses what it does not know.
        var global = values[Global] is JsonObject shared && chart.Defaults[Global] is JsonObject known ? Known(shared, known) : [];
        return ValueTree.Merge(global.Count > 0 ? new() { [Global] = global } : [], values[chart.Name] as JsonObject ?? []);
    }

    /// <summary>All rules that the values break.</summary>
    public IReadOnlyList<Violation> Validate(JsonObject values)
    {
        List<Violation> found = [];
        found.AddRange(values.Select(v => v.Key).Where(key => key != Global && charts.All(c => c.Name != key))
            .Select(key => new Violation(key, $"is no chart; known are {Global}, {string.Join(", ", charts.Select(c => c.Name))}")));
        foreach (var name in (values[Global] as JsonObject ?? []).Select(v => v.Key).Where(name => charts.All(c => (c.Defaults[Global] as JsonObject)?.ContainsKey(name) != true)))
            found.Add(new($"{Global}.{name}", "is a value of no chart"));
        foreach (var chart in charts)
            found.AddRange(chart.ValuesSchema.Validate(ValueTree.Merge(chart.Defaults, ForChart(values, chart))).Select(v => v with { Field = v.Field.Length == 0 ? chart.Name : $"{chart.Name}.{v.Field}" }));
        found.AddRange(CredentialGuard.Inspect(values));
        return [.. found.Distinct()];
    }

    private JsonObject OfPlugins()
    {
        List<Violation> violations = [];
        var values = new JsonObject();
        foreach (var (role, plugin) in Roles(artifacts.Plugins))
        {
            if (HelmValuesPlugins.All.FirstOrDefault(p => p.Role == role && p.Type == plugin.Type) is not { } known)
            {
                violations.Add(new($"plugins.{role}.type", $"is '{plugin.Type}', which no chart of Floe knows; known are {string.Join(", ", HelmValuesPlugins.All.Where(p => p.Role == role).Select(p => p.Type))}"));
                continue;
            }
            violations.AddRange(known.Validate(plugin));
            values = ValueTree.Merge(values, known.GetHelmValues(plugin));
        }
        // Without a backend named there is none to install.
        if (artifacts.Plugins.TelemetryBackend is null)
            values.Set($"{Infrastructure}.jaeger.enabled", false);
        if (artifacts.Plugins.LineageBackend is null)
            values.Set($"{Infrastructure}.marquez.enabled", false).Set("global.lineage.enabled", false);
        return violations.Count > 0 ? throw new InvalidDocumentException("CompiledArtifacts", violations) : values;
    }

    private JsonObject OfTelemetry()
    {
        var telemetry = artifacts.Observability.Telemetry;
        if (telemetry.Enabled && telemetry.Endpoint is null && artifacts.Plugins.TelemetryBackend is null)
            throw new InvalidDocumentException("CompiledArtifacts", [new("observability.telemetry.enabled", "is true, but there is neither plugins.telemetry_backend nor observability.telemetry.endpoint; name one, or set it to false")]);
        var values = new JsonObject().Set("global.telemetry.enabled", telemetry.Enabled);
        return telemetry.Endpoint is { } endpoint ? values.Set("global.telemetry.endpoint", endpoint) : values;
    }

    /// <summary>Models and profiles are files of the job that runs the transforms; a change of them is a new job.</summary>
    private JsonObject OfTransforms()
    {
        if (artifacts.Transforms.Models.Count == 0)
            return [];
        var files = new JsonObject { ["models.json"] = JsonSerializer.Serialize(artifacts.Transforms.Models.Select(m => new { m.Name, m.QualityTier, m.DependsOn, Compute = m.Compute ?? artifacts.Transforms.DefaultCompute }), s_compact) };
        if (artifacts.DbtProfiles.Count > 0)
            files["profiles.yml"] = Yaml.Write(artifacts.DbtProfiles);
        return new JsonObject().Set("floe-worker.dataProducts", new JsonArray(new JsonObject { ["name"] = "transform", ["job"] = "transform", ["artifacts"] = files }));
    }

    private static readonly JsonSerializerOptions s_compact = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private JsonObject OfEnvironment()
    {
        var values = new JsonObject();
        foreach (var chart in charts)
        {
            if (!chart.ForEnvironment.TryGetValue(environment, out var own))
                continue;
            var part = (JsonObject)own.DeepClone();
            part.Remove(Global);
            values = ValueTree.Merge(values, new JsonObject { [Global] = own[Global]?.DeepClone() ?? new JsonObject(), [chart.Name] = part });
        }
        // The charts find the services of floe-infrastructure by its release.
        foreach (var chart in charts.Where(c => c.Name != Infrastructure && c.Defaults.Find("global.infrastructureRelease") is not null))
            values.Set($"{chart.Name}.global.infrastructureRelease", Mapping.ReleaseFor(environment, Infrastructure));
        if (Mapping.Resources.Name != ResourcePreset.Custom)
            values.Set("global.preset", Mapping.Resources.Name);
        else
            SetOwnResources(values, Mapping.Resources);
        return values;
    }

    private void SetOwnResources(JsonObject values, ResourcePreset preset)
    {
        foreach (var chart in charts)
            foreach (var path in ResourcePaths(chart.Defaults, ""))
                values.Set($"{chart.Name}.{path}", Kind(path, preset).ToValues());
        // DuckDB's share of the container's memory: it does not know the limit, and the process around it needs some.
        values.Set("floe-cube.cubeproxy.memoryLimit", $"{preset.Webserver.Limits.Mebibytes * 6 / 10}MB");
    }

    private static ResourceRequirements Kind(string path, ResourcePreset preset) => path.Split('.')[0] switch
    {
        "seedworker" => preset.UserCode,
        "seedJob" => preset.Jobs,
        "cubeproxy" or "cube" => preset.Webserver,
        _ => preset.Daemon,
    };

    /// <summary>Where a chart lets requests and limits be given: every <c>resources</c> beside a <c>preset</c>.</summary>
    private static IEnumerable<string> ResourcePaths(JsonObject node, string path)
    {
        if (node.ContainsKey("preset") && node.ContainsKey("resources"))
            yield return $"{path}resources";
        foreach (var (key, child) in node)
            if (child is JsonObject nested)
                foreach (var found in ResourcePaths(nested, $"{path}{key}."))
                    yield return found;
    }

    private static JsonObject Known(JsonObject shared, JsonObject known)
    {
        var part = new JsonObject();
        foreach (var (key, value) in shared)
            if (known.ContainsKey(key))
                part[key] = value?.DeepClone();
        return part;
    }

    private static IEnumerable<(string Role, PluginReference Plugin)> Roles(ArtifactPlugins plugins)
    {
        (string, PluginReference?)[] roles =
        [
            ("compute", plugins.Compute), ("orchestrator", plugins.Orchestrator), ("catalog", plugins.Catalog), ("storage", plugins.Storage), ("semantic", plugins.Semantic),
            ("telemetry_backend", plugins.TelemetryBackend), ("lineage_backend", plugins.LineageBackend),
        ];
        return roles.Where(r => r.Item2 is not null).Select(r => (r.Item1, r.Item2!));
    }
}
