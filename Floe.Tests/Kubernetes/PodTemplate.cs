using System.Text.Json.Nodes;

namespace Floe.Tests.Kubernetes;

/// <summary>A pod, or the template of pods in something that makes them.</summary>
/// <param name="Owner">The object it is part of.</param>
/// <param name="Template">Its metadata and spec.</param>
public sealed record PodTemplate(JsonObject Owner, JsonObject Template)
{
    public string Kind => (string)Owner["kind"]!;

    public string Name => $"{Kind}/{(string)Owner["metadata"]!["name"]!}";

    public JsonObject Spec => Template["spec"]!.AsObject();

    public IReadOnlyDictionary<string, string> Labels => ToLabels(Template["metadata"]?["labels"]);

    /// <summary>Its containers, the initial ones first.</summary>
    public IEnumerable<JsonObject> Containers => Items(Spec["initContainers"]).Concat(Main);

    public IEnumerable<JsonObject> Main => Items(Spec["containers"]);

    public IEnumerable<JsonObject> Volumes => Items(Spec["volumes"]);

    /// <summary>Claims that each pod of a StatefulSet gets.</summary>
    public IEnumerable<JsonObject> Claims => Items(Owner["spec"]?["volumeClaimTemplates"]);

    /// <summary>The pods of all objects that have some.</summary>
    public static IEnumerable<PodTemplate> Of(IEnumerable<JsonObject> objects) => objects.Select(o => (string)o["kind"]! switch
    {
        "Pod" => new PodTemplate(o, o),
        "Deployment" or "StatefulSet" or "Job" => new PodTemplate(o, o["spec"]!["template"]!.AsObject()),
        "CronJob" => new PodTemplate(o, o["spec"]!["jobTemplate"]!["spec"]!["template"]!.AsObject()),
        _ => null,
    }).OfType<PodTemplate>();

    /// <summary>Whether labels have all that a selector asks for.</summary>
    public bool Matches(JsonNode? selector) => ToLabels(selector) is { Count: > 0 } wanted && wanted.All(label => Labels.GetValueOrDefault(label.Key) == label.Value);

    internal static IEnumerable<JsonObject> Items(JsonNode? array) => array?.AsArray().Select(item => item!.AsObject()) ?? [];

    private static Dictionary<string, string> ToLabels(JsonNode? node) => node?.AsObject().ToDictionary(p => p.Key, p => (string)p.Value!) ?? [];
}
