using System.Globalization;
using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Store;

namespace Floe.Emulators.Marquez.Answers;

/// <summary>Pieces that several answers have.</summary>
internal static class Fields
{
    public const string Schema = StoreSchema.Name;

    public static JsonObject Id(string ns, string name) => new() { ["namespace"] = ns, ["name"] = name };

    /// <summary>ISO 8601 in UTC.</summary>
    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The columns of a dataset as its schema facet has them, nested ones left inside.</summary>
    public static JsonArray Columns(TimedFacets facets) =>
    [
        .. (facets["schema"]?["fields"] as JsonArray ?? []).OfType<JsonObject>().Select(field => new JsonObject
        {
            ["name"] = field["name"]?.DeepClone(),
            ["type"] = field["type"]?.DeepClone(),
            ["tags"] = new JsonArray(),
            ["description"] = field["description"]?.DeepClone(),
        }),
    ];

    /// <summary>A text of a facet.</summary>
    public static string? Text(TimedFacets facets, string facet, string name) => facets[facet]?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static JsonArray Array(IEnumerable<JsonNode> nodes) => [.. nodes];
}
