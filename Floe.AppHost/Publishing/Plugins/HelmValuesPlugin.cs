using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Plugins;

/// <summary>A plugin's part of the Helm values: what its entry in the artifacts means for the charts.</summary>
/// <param name="Role">Field below <c>plugins</c>, e.g. <c>catalog</c>.</param>
/// <param name="Type">The plugin's name in that role.</param>
/// <param name="Settings">Settings that it reads from <c>config</c>, with the rule that each keeps.</param>
/// <param name="GetHelmValues">The values: the first level are names of charts, or <c>global</c>.</param>
public sealed record HelmValuesPlugin(string Role, string Type, IReadOnlyDictionary<string, JsonNode> Settings, Func<PluginReference, JsonObject> GetHelmValues)
{
    /// <summary>Settings that are unknown or break their rule.</summary>
    public IEnumerable<Violation> Validate(PluginReference plugin)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject(Settings.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.DeepClone()))) };
        return JsonSchema.Parse($"plugins.{Role}.config", schema.ToJsonString()).Validate(plugin.Config ?? [])
            .Select(v => v with { Field = v.Field.Length == 0 ? $"plugins.{Role}.config" : $"plugins.{Role}.config.{v.Field}" });
    }
}
