using System.Text.Json;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Metadata;

/// <summary>JSON of schemas, partition specs and sort orders (specification, appendix C).</summary>
internal static class SchemaJson
{
    public static Schema ReadSchema(JsonFields json)
    {
        try
        {
            return new Schema(ReadFields(json), json.OptionalInt("schema-id") ?? 0, json.Ints("identifier-field-ids"));
        }
        catch (ValidationException e)
        {
            throw new CorruptFileException(json.Location, $"{json.What} is not a schema: {e.Message}", e);
        }
    }

    public static PartitionSpec ReadSpec(JsonFields json) => new(json.Int("spec-id"), ReadSpecFields(json, "fields"));

    /// <summary>Reads spec fields; version 1 may leave out the field ids, which then count up from 1000.</summary>
    public static IReadOnlyList<PartitionField> ReadSpecFields(JsonFields json, string name)
    {
        var next = PartitionSpec.FirstFieldId;
        return [.. json.Objects(name).Select(f => new PartitionField(f.Int("source-id"), f.OptionalInt("field-id") ?? next++, f.Text("name"), ReadTransform(f)))];
    }

    public static SortOrder ReadOrder(JsonFields json) => new(
        json.Int("order-id"),
        [.. json.Objects("fields").Select(f => new SortField(f.Int("source-id"), ReadTransform(f), f.Text("direction"), f.Text("null-order")))]);

    public static void Write(Utf8JsonWriter json, Schema schema)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteNumber("schema-id", schema.SchemaId);
        if (schema.IdentifierFieldIds.Count > 0)
        {
            json.WriteStartArray("identifier-field-ids");
            foreach (var id in schema.IdentifierFieldIds)
                json.WriteNumberValue(id);
            json.WriteEndArray();
        }

        WriteFields(json, schema.Fields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("spec-id", spec.SpecId);
        json.WritePropertyName("fields");
        WriteSpecFields(json, spec);
        json.WriteEndObject();
    }

    public static void WriteSpecFields(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartArray();
        foreach (var field in spec.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("transform", field.Transform.Text);
            json.WriteNumber("source-id", field.SourceId);
            json.WriteNumber("field-id", field.FieldId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, SortOrder order)
    {
        json.WriteStartObject();
        json.WriteNumber("order-id", order.OrderId);
        json.WriteStartArray("fields");
        foreach (var field in order.Fields)
        {
            json.WriteStartObject();
            json.WriteString("transform", field.Transform.Text);
            json.WriteNumber("source-id", field.SourceId);
            json.WriteString("direction", field.Direction);
            json.WriteString("null-order", field.NullOrder);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The JSON text of something written by one of the methods above.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static Transform ReadTransform(JsonFields json)
    {
        try
        {
            return Transform.Parse(json.Text("transform"));
        }
        catch (ValidationException e)
        {
            throw new CorruptFileException(json.Location, $"'transform' of {json.What} is not a transform: {e.Message}", e);
        }
    }

    private static IReadOnlyList<NestedField> ReadFields(JsonFields json) =>
        [.. json.Objects("fields").Select(f => new NestedField(f.Int("id"), f.Text("name"), ReadType(f, "type"), f.Bool("required"), f.OptionalText("doc")))];

    private static IcebergType ReadType(JsonFields json, string name)
    {
        var element = json.Element(name);
        if (element.ValueKind == JsonValueKind.String)
            return PrimitiveType.Parse(element.GetString()!);
        var type = json.Object(name);
        return type.Text("type") switch
        {
            "struct" => new StructType(ReadFields(type)),
            "list" => new ListType(type.Int("element-id"), ReadType(type, "element"), type.Bool("element-required")),
            "map" => new MapType(type.Int("key-id"), ReadType(type, "key"), type.Int("value-id"), ReadType(type, "value"), type.Bool("value-required")),
            var other => throw new CorruptFileException(json.Location, $"'{other}' is not a nested type; known are struct, list and map."),
        };
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<NestedField> fields)
    {
        json.WriteStartArray("fields");
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteNumber("id", field.Id);
            json.WriteString("name", field.Name);
            json.WriteBoolean("required", field.Required);
            json.WritePropertyName("type");
            WriteType(json, field.Type);
            if (field.Doc is not null)
                json.WriteString("doc", field.Doc);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter json, IcebergType type)
    {
        switch (type)
        {
            case StructType s:
                json.WriteStartObject();
                json.WriteString("type", "struct");
                WriteFields(json, s.Fields);
                json.WriteEndObject();
                break;
            case ListType l:
                json.WriteStartObject();
                json.WriteString("type", "list");
                json.WriteNumber("element-id", l.ElementId);
                json.WriteBoolean("element-required", l.ElementRequired);
                json.WritePropertyName("element");
                WriteType(json, l.Element);
                json.WriteEndObject();
                break;
            case MapType m:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WriteNumber("key-id", m.KeyId);
                json.WritePropertyName("key");
                WriteType(json, m.Key);
                json.WriteNumber("value-id", m.ValueId);
                json.WriteBoolean("value-required", m.ValueRequired);
                json.WritePropertyName("value");
                WriteType(json, m.Value);
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(type.ToString());
                break;
        }
    }
}
