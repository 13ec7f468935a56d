using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>Gives the columns of a new table ids from 1 on, as the specification asks of a create: the ids of the request are only how it refers to itself.</summary>
internal sealed class FreshIds
{
    private readonly Dictionary<int, int> _freshByGiven = [];

    public int Last { get; private set; }

    /// <summary>The new id of a column; null where the request's schema has none with that id.</summary>
    public int? Of(int given) => _freshByGiven.TryGetValue(given, out var fresh) ? fresh : null;

    /// <summary>Renumbers a checked schema in place: all columns of a struct before what is inside of them.</summary>
    public void Assign(JsonObject schema)
    {
        AssignStruct(schema);
        if (schema.OptionalArray("identifier-field-ids") is not null)
            schema["identifier-field-ids"] = new JsonArray([.. schema.Longs("identifier-field-ids").Select(id => (JsonNode)_freshByGiven[(int)id])]);
        schema["schema-id"] = 0;
    }

    private void AssignStruct(JsonObject type)
    {
        foreach (var field in type.Objects("fields"))
            Renumber(field, "id");
        foreach (var field in type.Objects("fields"))
            AssignNested(field["type"]);
    }

    private void AssignNested(JsonNode? type)
    {
        if (type is not JsonObject nested)
            return;
        switch (nested.RequiredString("type"))
        {
            case "struct":
                AssignStruct(nested);
                break;
            case "list":
                Renumber(nested, "element-id");
                AssignNested(nested["element"]);
                break;
            case "map":
                Renumber(nested, "key-id");
                Renumber(nested, "value-id");
                AssignNested(nested["key"]);
                AssignNested(nested["value"]);
                break;
        }
    }

    private void Renumber(JsonObject holder, string field)
    {
        Last++;
        _freshByGiven[holder.RequiredInt(field)] = Last;
        holder[field] = Last;
    }
}
