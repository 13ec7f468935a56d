using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of a table's schemas.</summary>
internal static class SchemaUpdates
{
    /// <summary>Adds a schema; one that is there already is used again under its id.</summary>
    public static void Add(MetadataDraft draft, JsonObject given)
    {
        var fields = SchemaRules.Check(given, draft.FormatVersion);
        var highest = SchemaRules.HighestId(fields);
        if (highest > draft.Json.RequiredInt("last-column-id"))
            draft.Set("last-column-id", highest);
        if (draft.Json.Objects("schemas").FirstOrDefault(s => SchemaRules.Same(s, given)) is { } same)
        {
            draft.LastAddedSchemaId = same.RequiredInt("schema-id");
            return;
        }

        var id = draft.Json.Objects("schemas").Select(s => s.RequiredInt("schema-id") + 1).DefaultIfEmpty(0).Max();
        var schema = (JsonObject)given.DeepClone();
        schema["schema-id"] = id;
        draft.ArrayOf("schemas").Add(schema);
        draft.LastAddedSchemaId = id;
        draft.Touch();
    }

    /// <param name="id">A schema's id, or -1 for the one added last.</param>
    public static void SetCurrent(MetadataDraft draft, int id)
    {
        if (id == -1)
            id = draft.LastAddedSchemaId ?? throw PolarisException.IllegalArgument("Cannot set last added schema: no schema has been added");
        if (draft.Schema(id) is null)
            throw PolarisException.IllegalArgument($"Cannot set current schema to unknown schema: {id}");
        if (draft.Json.OptionalInt("current-schema-id") != id)
            draft.Set("current-schema-id", id);
    }

    public static void Remove(MetadataDraft draft, JsonObject update) => draft.RemoveNamed(update, "schemas", "schema-id", "current-schema-id", "current schema");
}
