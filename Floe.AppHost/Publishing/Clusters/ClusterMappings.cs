using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;

namespace Floe.AppHost.Publishing.Clusters;

/// <summary>All mappings: every environment is in exactly one of them.</summary>
public sealed class ClusterMappings
{
    private readonly IReadOnlyList<ClusterMapping> _mappings;

    /// <exception cref="InvalidDocumentException">A mapping breaks a rule, or an environment is in two of them.</exception>
    public ClusterMappings(string source, IReadOnlyList<ClusterMapping> mappings)
    {
        (Source, _mappings) = (source, mappings);
        List<Violation> found = mappings.Count == 0 ? [new("mappings", "is empty; name at least one cluster")] : [];
        for (var i = 0; i < mappings.Count; i++)
            found.AddRange(mappings[i].Validate($"mappings[{i}]"));
        found.AddRange(mappings.GroupBy(m => m.Name).Where(g => g.Count() > 1).Select(g => new Violation("mappings", $"holds two mappings named '{g.Key}'")));
        found.AddRange(mappings.SelectMany(m => m.Environments.Select(e => (Environment: e, m.Name))).GroupBy(e => e.Environment).Where(g => g.Count() > 1)
            .Select(g => new Violation("mappings", $"have the environment '{g.Key}' in {string.Join(" and ", g.Select(e => $"'{e.Name}'"))}; each environment belongs to exactly one")));
        if (found.Count > 0)
            throw new InvalidDocumentException(source, found);
    }

    /// <summary>Where they were read from.</summary>
    public string Source { get; }

    /// <summary>Every environment in the order of the file.</summary>
    public IReadOnlyList<string> Environments => [.. _mappings.SelectMany(m => m.Environments)];

    /// <summary>The mapping that an environment is in.</summary>
    /// <exception cref="InvalidDocumentException">It is in none.</exception>
    public ClusterMapping For(string environment) => _mappings.FirstOrDefault(m => m.Environments.Contains(environment))
        ?? throw new InvalidDocumentException(Source, [new("mappings", $"have no environment '{environment}'; known are {string.Join(", ", Environments)}")]);

    /// <summary>Reads a file as docs/examples/clusters.yaml; its schema is <c>schemas/clusters.schema.json</c>.</summary>
    /// <exception cref="DistributedApplicationException">The text is no YAML, or a field breaks a rule.</exception>
    public static ClusterMappings Parse(string source, string text)
    {
        var document = Yaml.Read(source, text);
        var violations = ShippedSchemas.Clusters.Validate(document);
        return violations.Count > 0 ? throw new InvalidDocumentException(source, violations) : new(source, [.. document["mappings"]!.AsArray().Select(m => Mapping(m!.AsObject()))]);
    }

    private static ClusterMapping Mapping(JsonObject mapping) => new(
        mapping["name"]!.GetValue<string>(),
        mapping["cluster"]!.GetValue<string>(),
        [.. mapping["environments"]!.AsArray().Select(e => e!.GetValue<string>())],
        mapping["namespace_template"]?.GetValue<string>() ?? ClusterMapping.DefaultNamespaceTemplate,
        mapping["isolation"]?.GetValue<string>() == "label" ? EnvironmentIsolation.Label : EnvironmentIsolation.Namespace,
        Preset(mapping["resources"]!));

    private static ResourcePreset Preset(JsonNode preset) => preset is JsonObject own
        ? new(ResourcePreset.Custom, Requirements(own["webserver"]!), Requirements(own["daemon"]!), Requirements(own["user_code"]!), Requirements(own["jobs"]!))
        : ResourcePreset.Find(preset.GetValue<string>())!;

    private static ResourceRequirements Requirements(JsonNode requirements) => new(Spec(requirements["requests"]!), Spec(requirements["limits"]!));

    private static ResourceSpec Spec(JsonNode spec) => new(Text(spec["cpu"]!), spec["memory"]!.GetValue<string>());

    // Whole cores are a number in YAML.
    private static string Text(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? value.ToJsonString() : value.GetValue<string>();
}
