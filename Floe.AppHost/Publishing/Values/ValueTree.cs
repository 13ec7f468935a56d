using System.Text.Json.Nodes;

namespace Floe.AppHost.Publishing.Values;

/// <summary>Merging and walking of Helm values.</summary>
public static class ValueTree
{
    /// <summary>
    /// Lays <paramref name="over"/> on <paramref name="under"/> as Helm does: objects are merged key by key, anything else replaces, null removes the key.
    /// Neither argument is changed.
    /// </summary>
    public static JsonObject Merge(JsonObject under, JsonObject over)
    {
        var merged = (JsonObject)under.DeepClone();
        foreach (var (key, value) in over)
        {
            if (value is null)
                merged.Remove(key);
            else
                merged[key] = value is JsonObject top && merged[key] is JsonObject bottom ? Merge(bottom, top) : value.DeepClone();
        }
        return merged;
    }

    /// <summary>Sets the value at a path with dots; objects on the way are made.</summary>
    public static JsonObject Set(this JsonObject tree, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        var at = tree;
        foreach (var step in steps[..^1])
        {
            if (at[step] is not JsonObject next)
                at[step] = next = [];
            at = next;
        }
        at[steps[^1]] = value;
        return tree;
    }

    /// <summary>The value at a path with dots; null when nothing is there.</summary>
    public static JsonNode? Find(this JsonObject tree, string path)
    {
        JsonNode? at = tree;
        foreach (var step in path.Split('.'))
            at = (at as JsonObject)?[step];
        return at;
    }

    /// <summary>All texts and numbers with their paths, in the order of the tree.</summary>
    public static IEnumerable<(string Path, JsonValue Value)> Leaves(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(m.Value, path.Length == 0 ? m.Key : $"{path}.{m.Key}")),
        JsonArray items => items.SelectMany((item, i) => Leaves(item, $"{path}[{i}]")),
        JsonValue value => [(path, value)],
        _ => [],
    };
}
