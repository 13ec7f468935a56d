using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>A field of a schema, wherever it is nested.</summary>
/// <param name="Type">A primitive's name, or struct, list or map.</param>
/// <param name="InCollection">Whether it lies inside of a list or map.</param>
internal sealed record SchemaField(int Id, string Name, string Type, bool Required, bool InCollection);

/// <summary>What makes a schema valid (Iceberg specification, "Schemas and Data Types").</summary>
internal static partial class SchemaRules
{
    private static readonly Dictionary<string, int> s_primitives = new(StringComparer.Ordinal)
    {
        ["boolean"] = 1, ["int"] = 1, ["long"] = 1, ["float"] = 1, ["double"] = 1, ["date"] = 1, ["time"] = 1, ["timestamp"] = 1, ["timestamptz"] = 1,
        ["string"] = 1, ["uuid"] = 1, ["binary"] = 1, ["timestamp_ns"] = 3, ["timestamptz_ns"] = 3, ["variant"] = 3, ["unknown"] = 3,
    };

    /// <summary>Every field, outer before inner.</summary>
    /// <exception cref="PolarisException">400: a type is unknown or malformed, an id or a name occurs twice.</exception>
    public static IReadOnlyList<SchemaField> Check(JsonObject schema, int formatVersion)
    {
        if (schema.OptionalString("type") != "struct")
            throw PolarisException.IllegalArgument("Invalid schema: its type must be struct");
        var fields = new List<SchemaField>();
        AddStruct(schema, "", inCollection: false, formatVersion, fields);
        if (fields.GroupBy(f => f.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw PolarisException.IllegalArgument($"Invalid schema: field id {twice.Key} is used by {string.Join(" and ", twice.Select(f => f.Name))}");
        CheckIdentifierFields(schema, fields);
        return fields;
    }

    public static int HighestId(IReadOnlyList<SchemaField> fields) => fields.Select(f => f.Id).DefaultIfEmpty(0).Max();

    /// <summary>Whether two schemas are the same but for their id.</summary>
    public static bool Same(JsonObject left, JsonObject right) =>
        JsonNode.DeepEquals(left["fields"], right["fields"]) && left.Longs("identifier-field-ids").Order().SequenceEqual(right.Longs("identifier-field-ids").Order());

    private static void AddStruct(JsonObject type, string prefix, bool inCollection, int formatVersion, List<SchemaField> into)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in type.RequiredArray("fields").Select(f => f as JsonObject ?? throw PolarisException.BadRequest("A field of a schema must be an object")))
        {
            var name = field.RequiredString("name");
            if (!names.Add(name))
                throw PolarisException.IllegalArgument($"Invalid schema: the column {prefix}{name} occurs twice");
            var required = field.OptionalBool("required") ?? throw PolarisException.BadRequest($"The column {prefix}{name} does not say whether it is required");
            AddType(field["type"], field.RequiredInt("id"), prefix + name, required, inCollection, formatVersion, into);
        }
    }

    private static void AddType(JsonNode? type, int id, string name, bool required, bool inCollection, int formatVersion, List<SchemaField> into)
    {
        if (type is JsonObject nested)
        {
            var kind = nested.RequiredString("type");
            into.Add(new(id, name, kind, required, inCollection));
            switch (kind)
            {
                case "struct":
                    AddStruct(nested, name + ".", inCollection, formatVersion, into);
                    break;
                case "list":
                    AddType(nested["element"], nested.RequiredInt("element-id"), name + ".element", Flag(nested, "element-required"), true, formatVersion, into);
                    break;
                case "map":
                    AddType(nested["key"], nested.RequiredInt("key-id"), name + ".key", true, true, formatVersion, into);
                    AddType(nested["value"], nested.RequiredInt("value-id"), name + ".value", Flag(nested, "value-required"), true, formatVersion, into);
                    break;
                default:
                    throw PolarisException.IllegalArgument($"Invalid schema: the column {name} has the unknown type '{kind}'");
            }
        }
        else
        {
            var text = type is JsonValue value && value.TryGetValue<string>(out var primitive) ? primitive : throw PolarisException.BadRequest($"The column {name} has no type");
            CheckPrimitive(text, name, formatVersion);
            into.Add(new(id, name, text, required, inCollection));
        }
    }

    private static bool Flag(JsonObject type, string field) => type.OptionalBool(field) ?? throw PolarisException.BadRequest($"The field '{field}' is missing; the specification requires it");

    private static void CheckPrimitive(string type, string name, int formatVersion)
    {
        var since = s_primitives.TryGetValue(type, out var version) ? version
            : DecimalType().Match(type) is { Success: true } match && Number(match, 1) is >= 1 and <= 38 and var precision && Number(match, 2) <= precision ? 1
            : FixedType().IsMatch(type) ? 1
            : GeoType().IsMatch(type) ? 3
            : throw PolarisException.IllegalArgument($"Invalid schema: the column {name} has the unknown type '{type}'");
        if (since > formatVersion)
            throw PolarisException.IllegalArgument($"Invalid schema: the type {type} of column {name} needs format version {since}, the table has {formatVersion}");
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static void CheckIdentifierFields(JsonObject schema, IReadOnlyList<SchemaField> fields)
    {
        foreach (var id in schema.Longs("identifier-field-ids"))
        {
            var field = fields.FirstOrDefault(f => f.Id == id) ?? throw PolarisException.IllegalArgument($"Invalid schema: the identifier field id {id} is not a column");
            if (!field.Required || field.InCollection || field.Type is "struct" or "list" or "map" or "float" or "double")
                throw PolarisException.IllegalArgument($"Invalid schema: the identifier column {field.Name} must be a required primitive other than float and double, and not inside of a list or map");
        }
    }

    [GeneratedRegex(@"^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$")]
    private static partial Regex DecimalType();

    [GeneratedRegex(@"^fixed\[\d{1,9}\]$")]
    private static partial Regex FixedType();

    [GeneratedRegex(@"^(geometry|geography)(\(.*\))?$")]
    private static partial Regex GeoType();
}
