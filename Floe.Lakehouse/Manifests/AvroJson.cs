using System.Text.Json;

namespace Floe.Lakehouse.Manifests;

/// <summary>Writes one Avro record schema; the record is closed on dispose.</summary>
internal readonly struct AvroJson : IDisposable
{
    private readonly Utf8JsonWriter json;

    public AvroJson(Utf8JsonWriter json, string name)
    {
        this.json = json;
        json.WriteStartObject();
        json.WriteString("type", "record");
        json.WriteString("name", name);
        json.WriteStartArray("fields");
    }

    public void Field(string name, int id, string type)
    {
        var json = this.json;
        Field(name, id, () => json.WriteStringValue(type));
    }

    public void Field(string name, int id, Action type)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WritePropertyName("type");
        type();
        json.WriteNumber("field-id", id);
        json.WriteEndObject();
    }

    /// <summary>A field that is a union of null, the default and first branch, and a type.</summary>
    public void Optional(string name, int id, Action type)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("type");
        json.WriteStringValue("null");
        type();
        json.WriteEndArray();
        json.WriteNull("default");
        json.WriteNumber("field-id", id);
        json.WriteEndObject();
    }

    /// <summary>An array whose items have a field id.</summary>
    public static void Array(Utf8JsonWriter json, int elementId, Action items)
    {
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WritePropertyName("items");
        items();
        json.WriteNumber("element-id", elementId);
        json.WriteEndObject();
    }

    /// <summary>A map with int keys: Avro's own maps have string keys, so it is an array of key and value records.</summary>
    public static void IntMap(Utf8JsonWriter json, int keyId, int valueId, string valueType)
    {
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WritePropertyName("items");
        using (var entry = new AvroJson(json, $"k{keyId}_v{valueId}"))
        {
            entry.Field("key", keyId, "int");
            entry.Field("value", valueId, valueType);
        }

        json.WriteString("logicalType", "map");
        json.WriteEndObject();
    }

    public void Dispose()
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
