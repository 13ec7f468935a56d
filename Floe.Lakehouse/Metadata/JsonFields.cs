using System.Text.Json;

namespace Floe.Lakehouse.Metadata;

/// <summary>Typed access to the members of a JSON object of a metadata file; a wrong or missing member is a <see cref="CorruptFileException"/>
/// that names it.</summary>
internal readonly struct JsonFields
{
    private readonly JsonElement element;
    private readonly string location;

    public JsonFields(JsonElement element, string location, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new CorruptFileException(location, $"{what} must be a JSON object, not {element.ValueKind}.");
        (this.element, this.location, What) = (element, location, what);
    }

    public string What { get; }

    public string Location => location;

    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonElement Element(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : throw Bad(name, "is missing");

    public int Int(string name) => Element(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var n) ? n : throw Bad(name, "must be an int");

    public long Long(string name) => Element(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var n) ? n : throw Bad(name, "must be a long");

    public bool Bool(string name) => Element(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : throw Bad(name, "must be true or false");

    public string Text(string name) => Element(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Bad(name, "must be a string");

    public int? OptionalInt(string name) => Has(name) ? Int(name) : null;

    public long? OptionalLong(string name) => Has(name) ? Long(name) : null;

    public string? OptionalText(string name) => Has(name) ? Text(name) : null;

    public JsonFields Object(string name) => new(Element(name), location, $"'{name}' of {What}");

    /// <summary>The objects of an array; none when the member is absent.</summary>
    public IEnumerable<JsonFields> Objects(string name)
    {
        if (!Has(name))
            yield break;
        var array = Array(name);
        var i = 0;
        foreach (var item in array.EnumerateArray())
            yield return new JsonFields(item, location, $"'{name}[{i++}]' of {What}");
    }

    public IReadOnlyList<int> Ints(string name)
    {
        if (!Has(name))
            return [];
        var result = new List<int>();
        foreach (var item in Array(name).EnumerateArray())
            result.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var n) ? n : throw Bad(name, "must hold ints"));
        return result;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (!Has(name))
            return [];
        var result = new List<string>();
        foreach (var item in Array(name).EnumerateArray())
            result.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Bad(name, "must hold strings"));
        return result;
    }

    /// <summary>A map of strings; empty when the member is absent.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Has(name))
            return result;
        if (Element(name) is not { ValueKind: JsonValueKind.Object } map)
            throw Bad(name, "must be an object");
        foreach (var member in map.EnumerateObject())
            result[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw Bad($"{name}.{member.Name}", "must be a string");
        return result;
    }

    public CorruptFileException Bad(string name, string rule) => new(location, $"'{name}' of {What} {rule}.");

    private JsonElement Array(string name) => Element(name) is { ValueKind: JsonValueKind.Array } array ? array : throw Bad(name, "must be an array");

    /// <summary>The members of an object as objects; none when absent.</summary>
    public IEnumerable<(string Name, JsonFields Fields)> Members(string name)
    {
        if (!Has(name))
            yield break;
        if (Element(name) is not { ValueKind: JsonValueKind.Object } map)
            throw Bad(name, "must be an object");
        foreach (var member in map.EnumerateObject())
            yield return (member.Name, new JsonFields(member.Value, location, $"'{name}.{member.Name}' of {What}"));
    }
}
