using System.Text.Json;

namespace Floe.Lakehouse.Avro;

/// <summary>Kinds of Avro schemas (Avro specification 1.11, "Schema Declaration").</summary>
internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
}

/// <summary>A field of an Avro record; <paramref name="FieldId"/> is Iceberg's <c>field-id</c> attribute.</summary>
internal sealed record AvroField(string Name, int? FieldId, AvroSchema Schema);

/// <summary>A parsed Avro schema. Named types are resolved while the schema is parsed, never while data is decoded: a name may be used
/// after an empty array of its definition.</summary>
internal sealed class AvroSchema
{
    private AvroSchema(AvroKind kind) => Kind = kind;

    public AvroKind Kind { get; }

    /// <summary>Fields of a record.</summary>
    public IReadOnlyList<AvroField> Fields { get; private set; } = [];

    /// <summary>Items of an array, values of a map.</summary>
    public AvroSchema? Items { get; private set; }

    /// <summary>Branches of a union.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; private set; } = [];

    /// <summary>Symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; private set; } = [];

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; private set; }

    /// <summary>Parses the JSON form.</summary>
    /// <exception cref="FormatException">Not an Avro schema.</exception>
    public static AvroSchema Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement, new Dictionary<string, AvroSchema>(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw new FormatException($"the Avro schema is not readable: {e.Message}", e);
        }
    }

    private static AvroSchema Parse(JsonElement json, Dictionary<string, AvroSchema> named)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                var name = json.GetString()!;
                return Primitive(name) ?? (named.TryGetValue(name, out var known) ? known : throw new FormatException($"the Avro schema uses the unknown type '{name}'."));
            case JsonValueKind.Array:
                return new AvroSchema(AvroKind.Union) { Branches = [.. json.EnumerateArray().Select(b => Parse(b, named))] };
            case JsonValueKind.Object:
                return ParseObject(json, named);
            default:
                throw new FormatException($"the Avro schema has a {json.ValueKind} where a type belongs.");
        }
    }

    private static AvroSchema ParseObject(JsonElement json, Dictionary<string, AvroSchema> named)
    {
        var type = json.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
            return Parse(type, named);

        AvroSchema schema;
        switch (type.GetString())
        {
            case "record" or "error":
                schema = new AvroSchema(AvroKind.Record);
                Name(json, schema, named);
                schema.Fields = [.. json.GetProperty("fields").EnumerateArray().Select(f => new AvroField(
                    f.GetProperty("name").GetString()!,
                    f.TryGetProperty("field-id", out var id) ? id.GetInt32() : null,
                    Parse(f.GetProperty("type"), named)))];
                return schema;
            case "enum":
                schema = new AvroSchema(AvroKind.Enum) { Symbols = [.. json.GetProperty("symbols").EnumerateArray().Select(s => s.GetString()!)] };
                Name(json, schema, named);
                return schema;
            case "fixed":
                schema = new AvroSchema(AvroKind.Fixed) { Size = json.GetProperty("size").GetInt32() };
                Name(json, schema, named);
                return schema;
            case "array":
                return new AvroSchema(AvroKind.Array) { Items = Parse(json.GetProperty("items"), named) };
            case "map":
                return new AvroSchema(AvroKind.Map) { Items = Parse(json.GetProperty("values"), named) };
            default:
                return Parse(type, named);
        }
    }

    private static void Name(JsonElement json, AvroSchema schema, Dictionary<string, AvroSchema> named)
    {
        var name = json.GetProperty("name").GetString()!;
        named[name] = schema;
        if (json.TryGetProperty("namespace", out var ns))
            named[$"{ns.GetString()}.{name}"] = schema;
    }

    private static AvroSchema? Primitive(string name) => name switch
    {
        "null" => new(AvroKind.Null),
        "boolean" => new(AvroKind.Boolean),
        "int" => new(AvroKind.Int),
        "long" => new(AvroKind.Long),
        "float" => new(AvroKind.Float),
        "double" => new(AvroKind.Double),
        "bytes" => new(AvroKind.Bytes),
        "string" => new(AvroKind.String),
        _ => null,
    };
}
