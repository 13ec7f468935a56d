using System.Text.Json.Nodes;

namespace Floe.Tests.Kubernetes;

/// <summary>What a chart becomes with a values file.</summary>
/// <param name="Chart">Folder below charts/.</param>
/// <param name="Variant">Which values: default, local, prod, or a name of the tests.</param>
/// <param name="Objects">The objects of the cluster.</param>
/// <param name="Breaches">What Kubernetes' schemas say against them.</param>
public sealed record Rendering(string Chart, string Variant, IReadOnlyList<JsonObject> Objects, IReadOnlyList<string> Breaches)
{
    /// <summary>For test names.</summary>
    public override string ToString() => $"{Chart} {Variant}";

    /// <summary>Objects of a kind.</summary>
    public IEnumerable<JsonObject> OfKind(params string[] kinds) => Objects.Where(o => kinds.Contains((string)o["kind"]!));

    /// <summary>The object of a kind and name.</summary>
    public JsonObject Get(string kind, string name) =>
        OfKind(kind).SingleOrDefault(o => (string)o["metadata"]!["name"]! == name)
        ?? throw new InvalidOperationException($"{this} has no {kind} {name}; it has {string.Join(", ", OfKind(kind).Select(o => o["metadata"]!["name"]))}.");
}
