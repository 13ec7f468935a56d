using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using Floe.Tests.Kubernetes;

namespace Floe.Tests.Publishing;

/// <summary>The environment of a container in a rendering: its own variables with references resolved, ConfigMaps, and secrets as <c>{key}</c>.</summary>
internal static partial class PodVariables
{
    public static Dictionary<string, string> Of(JsonObject container, IReadOnlyList<JsonObject> objects)
    {
        var variables = new Dictionary<string, string>();
        foreach (var source in PodTemplate.Items(container["envFrom"]))
            foreach (var (name, value) in source["configMapRef"] is { } map ? Data(objects, "ConfigMap", map, "data") : Data(objects, "Secret", source["secretRef"]!, "stringData"))
                variables[name] = value!.ToString();
        foreach (var variable in PodTemplate.Items(container["env"]))
        {
            var text = variable["valueFrom"]?["secretKeyRef"]?["key"] is { } key ? $"{{{key}}}" : variable["value"]?.ToString() ?? "";
            // As the kubelet does: only those that stand before.
            variables[variable["name"]!.ToString()] = Reference().Replace(text, m => variables.GetValueOrDefault(m.Groups[1].Value, m.Value));
        }
        return variables;
    }

    private static JsonObject Data(IReadOnlyList<JsonObject> objects, string kind, JsonNode reference, string member) =>
        objects.Single(o => o["kind"]!.ToString() == kind && o["metadata"]!["name"]!.ToString() == reference["name"]!.ToString())[member]!.AsObject();

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();
}
