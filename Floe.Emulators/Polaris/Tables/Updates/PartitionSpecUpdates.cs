using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of a table's partition specs.</summary>
internal static class PartitionSpecUpdates
{
    /// <summary>Partition field ids begin here (Iceberg specification, "Partition Specs").</summary>
    public const int FirstFieldId = 1000;

    /// <summary>Adds a spec; a field that an older spec had keeps its field id, a spec that is there already is used again.</summary>
    public static void Add(MetadataDraft draft, JsonObject given)
    {
        var columns = SchemaRules.Check(
            draft.CurrentSchema ?? throw PolarisException.IllegalArgument("Cannot add a partition spec to a table without a schema; add and set the schema first"), draft.FormatVersion);
        var last = draft.Json.OptionalInt("last-partition-id") ?? FirstFieldId - 1;
        var fields = new JsonArray();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in given.RequiredArray("fields").Select(f => f as JsonObject ?? throw PolarisException.BadRequest("A field of a partition spec must be an object")))
        {
            var (sourceId, name, transform) = (field.RequiredInt("source-id"), field.RequiredString("name"), field.RequiredString("transform"));
            // A dropped column may leave a void field behind.
            if (columns.FirstOrDefault(c => c.Id == sourceId) is { } column)
                TransformRules.Check(transform, column);
            else if (transform != "void")
                throw PolarisException.Validation($"Cannot find source column for partition field {name}: id {sourceId} is not in the schema");
            if (name.Length == 0 || !names.Add(name))
                throw PolarisException.IllegalArgument($"The partition field name '{name}' is empty or used twice");
            if (columns.FirstOrDefault(c => c.Name == name) is { } homonym && (homonym.Id != sourceId || transform is not ("identity" or "void")))
                throw PolarisException.IllegalArgument($"Cannot create partition field {name}: a column of another meaning has that name");

            var id = field.OptionalInt("field-id") ?? Earlier(draft, sourceId, transform) ?? last + 1;
            last = Math.Max(last, id);
            fields.Add(new JsonObject { ["source-id"] = sourceId, ["field-id"] = id, ["name"] = name, ["transform"] = transform });
        }

        if (fields.Cast<JsonObject>().GroupBy(f => f.RequiredInt("field-id")).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw PolarisException.IllegalArgument($"The partition field id {twice.Key} is used twice");
        if (draft.Json.Objects("partition-specs").FirstOrDefault(s => JsonNode.DeepEquals(Canonical(s), fields)) is { } same)
        {
            draft.LastAddedSpecId = same.RequiredInt("spec-id");
            return;
        }

        var specId = draft.Json.Objects("partition-specs").Select(s => s.RequiredInt("spec-id") + 1).DefaultIfEmpty(0).Max();
        draft.ArrayOf("partition-specs").Add(new JsonObject { ["spec-id"] = specId, ["fields"] = fields });
        draft.Set("last-partition-id", last);
        draft.LastAddedSpecId = specId;
    }

    /// <param name="id">A spec's id, or -1 for the one added last.</param>
    public static void SetDefault(MetadataDraft draft, int id)
    {
        if (id == -1)
            id = draft.LastAddedSpecId ?? throw PolarisException.IllegalArgument("Cannot set last added spec: no spec has been added");
        if (draft.Find("partition-specs", "spec-id", id) is null)
            throw PolarisException.IllegalArgument($"Cannot set default partition spec to unknown spec: {id}");
        if (draft.Json.OptionalInt("default-spec-id") != id)
            draft.Set("default-spec-id", id);
    }

    public static void Remove(MetadataDraft draft, JsonObject update) => draft.RemoveNamed(update, "partition-specs", "spec-id", "default-spec-id", "default partition spec");

    private static int? Earlier(MetadataDraft draft, int sourceId, string transform) =>
        draft.FormatVersion == 1
            ? null
            : draft.Json.Objects("partition-specs").SelectMany(s => s.Objects("fields"))
                .FirstOrDefault(f => f.RequiredInt("source-id") == sourceId && f.RequiredString("transform") == transform)?.OptionalInt("field-id");

    private static JsonArray Canonical(JsonObject spec) => [.. spec.Objects("fields").Select(f => (JsonNode)new JsonObject
    {
        ["source-id"] = f.RequiredInt("source-id"),
        ["field-id"] = f.OptionalInt("field-id"),
        ["name"] = f.RequiredString("name"),
        ["transform"] = f.RequiredString("transform"),
    })];
}
