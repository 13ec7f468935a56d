using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of a table's sort orders. Id 0 is reserved for "unsorted".</summary>
internal static class SortOrderUpdates
{
    public static void Add(MetadataDraft draft, JsonObject given)
    {
        var columns = SchemaRules.Check(
            draft.CurrentSchema ?? throw PolarisException.IllegalArgument("Cannot add a sort order to a table without a schema; add and set the schema first"), draft.FormatVersion);
        var fields = (JsonArray)given.RequiredArray("fields").DeepClone();
        foreach (var field in fields.Select(f => f as JsonObject ?? throw PolarisException.BadRequest("A field of a sort order must be an object")))
        {
            var sourceId = field.RequiredInt("source-id");
            var column = columns.FirstOrDefault(c => c.Id == sourceId) ?? throw PolarisException.Validation($"Cannot find source column for sort field: id {sourceId} is not in the schema");
            TransformRules.Check(field.RequiredString("transform"), column);
            if (field.RequiredString("direction") is not ("asc" or "desc") || field.RequiredString("null-order") is not ("nulls-first" or "nulls-last"))
                throw PolarisException.BadRequest($"The sort field of column {column.Name} must have the direction asc or desc and the null-order nulls-first or nulls-last");
        }

        if (draft.Json.Objects("sort-orders").FirstOrDefault(o => JsonNode.DeepEquals(o["fields"], fields)) is { } same)
        {
            draft.LastAddedSortOrderId = same.RequiredInt("order-id");
            return;
        }

        var id = fields.Count == 0 ? 0 : draft.Json.Objects("sort-orders").Select(o => o.RequiredInt("order-id") + 1).Append(1).Max();
        draft.ArrayOf("sort-orders").Add(new JsonObject { ["order-id"] = id, ["fields"] = fields });
        draft.LastAddedSortOrderId = id;
        draft.Touch();
    }

    /// <param name="id">An order's id, or -1 for the one added last.</param>
    public static void SetDefault(MetadataDraft draft, int id)
    {
        if (id == -1)
            id = draft.LastAddedSortOrderId ?? throw PolarisException.IllegalArgument("Cannot set last added sort order: no sort order has been added");
        if (draft.Find("sort-orders", "order-id", id) is null)
            throw PolarisException.IllegalArgument($"Cannot set default sort order to unknown sort order: {id}");
        if (draft.Json.OptionalInt("default-sort-order-id") != id)
            draft.Set("default-sort-order-id", id);
    }
}
