using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Json;

/// <summary>Typed reads of JSON objects; a field that is missing or of another type is the client's error and named.</summary>
internal static class JsonFields
{
    public static string RequiredString(this JsonObject json, string name) => json.OptionalString(name) ?? throw Missing(name);

    public static string? OptionalString(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Wrong(name, "a string"),
    };

    public static int RequiredInt(this JsonObject json, string name) => json.OptionalInt(name) ?? throw Missing(name);

    public static int? OptionalInt(this JsonObject json, string name) => json.OptionalLong(name) switch
    {
        null => null,
        >= int.MinValue and <= int.MaxValue and var number => (int)number,
        _ => throw Wrong(name, "a 32-bit integer"),
    };

    public static long RequiredLong(this JsonObject json, string name) => json.OptionalLong(name) ?? throw Missing(name);

    public static long? OptionalLong(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when AsLong(value) is { } number => number,
        _ => throw Wrong(name, "an integer"),
    };

    public static bool? OptionalBool(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => throw Wrong(name, "true or false"),
    };

    public static JsonObject RequiredObject(this JsonObject json, string name) => json.OptionalObject(name) ?? throw Missing(name);

    public static JsonObject? OptionalObject(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonObject value => value,
        _ => throw Wrong(name, "an object"),
    };

    public static JsonArray RequiredArray(this JsonObject json, string name) => json.OptionalArray(name) ?? throw Missing(name);

    public static JsonArray? OptionalArray(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonArray value => value,
        _ => throw Wrong(name, "an array"),
    };

    /// <summary>The elements of an array of objects; empty where the field is missing.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject json, string name) =>
        json.OptionalArray(name)?.Select(item => item as JsonObject ?? throw Wrong(name, "an array of objects")) ?? [];

    public static IReadOnlyList<string> Strings(this JsonObject json, string name) =>
        json.OptionalArray(name)?.Select(item => item is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Wrong(name, "an array of strings")).ToList() ?? [];

    public static IReadOnlyList<long> Longs(this JsonObject json, string name) =>
        json.OptionalArray(name)?.Select(item => item is JsonValue value && AsLong(value) is { } number ? number : throw Wrong(name, "an array of integers")).ToList() ?? [];

    /// <summary>An object whose values are all strings; null where the field is missing.</summary>
    public static Dictionary<string, string>? OptionalStringMap(this JsonObject json, string name)
    {
        if (json.OptionalObject(name) is not { } map)
            return null;
        var strings = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (key, value) in map)
            strings[key] = value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : throw Wrong($"{name}.{key}", "a string");
        return strings;
    }

    public static JsonObject ToJson(this IEnumerable<KeyValuePair<string, string>> map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map)
            json[key] = value;
        return json;
    }

    public static JsonArray ToJson(this IEnumerable<string> strings) => [.. strings.Select(text => (JsonNode)text)];

    private static long? AsLong(JsonValue value)
    {
        if (value.TryGetValue<long>(out var number))
            return number;
        return value.TryGetValue<int>(out var small) ? small : null;
    }

    private static PolarisException Missing(string name) => PolarisException.BadRequest($"The field '{name}' is missing; the specification requires it");

    private static PolarisException Wrong(string name, string expected) => PolarisException.BadRequest($"The field '{name}' must be {expected}");
}
