using System.Globalization;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Updates;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>The first metadata of a table.</summary>
internal static class NewTable
{
    private const string FormatVersionProperty = "format-version";

    /// <summary>An empty document that a create transaction fills by updates.</summary>
    public static JsonObject Blank(int formatVersion)
    {
        var json = new JsonObject
        {
            ["format-version"] = formatVersion,
            ["table-uuid"] = Guid.NewGuid().ToString(),
            ["location"] = "",
            ["last-sequence-number"] = 0,
            ["last-updated-ms"] = 0,
            ["last-column-id"] = 0,
            ["current-schema-id"] = -1,
            ["schemas"] = new JsonArray(),
            ["default-spec-id"] = -1,
            ["partition-specs"] = new JsonArray(),
            ["last-partition-id"] = PartitionSpecUpdates.FirstFieldId - 1,
            ["default-sort-order-id"] = -1,
            ["sort-orders"] = new JsonArray(),
            ["properties"] = new JsonObject(),
            ["current-snapshot-id"] = -1,
            ["refs"] = new JsonObject(),
            ["snapshots"] = new JsonArray(),
            ["statistics"] = new JsonArray(),
            ["partition-statistics"] = new JsonArray(),
            ["snapshot-log"] = new JsonArray(),
            ["metadata-log"] = new JsonArray(),
        };
        if (formatVersion >= 3)
        {
            json.Remove("current-snapshot-id");
            json["next-row-id"] = 0;
        }

        if (formatVersion == 1)
            json.Remove("last-sequence-number");
        return json;
    }

    /// <summary>From a CreateTableRequest (Iceberg REST specification).</summary>
    /// <exception cref="PolarisException">400: schema, spec, order or format version are not valid.</exception>
    public static MetadataDraft From(JsonObject request, string location, TimeProvider time)
    {
        var properties = request.OptionalStringMap("properties") ?? [];
        var formatVersion = FormatVersion(properties);
        properties.Remove(FormatVersionProperty);
        // Part of a table's own settings from the start, so that a later change of the default does not change old tables.
        properties.TryAdd("write.parquet.compression-codec", "zstd");

        var draft = new MetadataDraft(Blank(formatVersion), null, time);
        draft.Json["location"] = location;
        draft.Json["properties"] = properties.ToJson();

        var schema = (JsonObject)request.RequiredObject("schema").DeepClone();
        SchemaRules.Check(schema, formatVersion);
        var ids = new FreshIds();
        ids.Assign(schema);
        SchemaUpdates.Add(draft, schema);
        SchemaUpdates.SetCurrent(draft, -1);
        PartitionSpecUpdates.Add(draft, Rebound(request.OptionalObject("partition-spec"), ids, "field-id") ?? new() { ["fields"] = new JsonArray() });
        PartitionSpecUpdates.SetDefault(draft, -1);
        SortOrderUpdates.Add(draft, Rebound(request.OptionalObject("write-order"), ids, null) ?? new() { ["order-id"] = 0, ["fields"] = new JsonArray() });
        SortOrderUpdates.SetDefault(draft, -1);
        return draft;
    }

    private static int FormatVersion(Dictionary<string, string> properties)
    {
        if (!properties.TryGetValue(FormatVersionProperty, out var text))
            return 2;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version is >= 1 and <= MetadataDraft.NewestFormatVersion
            ? version
            : throw PolarisException.IllegalArgument($"Unsupported format version '{text}'; use 1 to {MetadataDraft.NewestFormatVersion}");
    }

    /// <summary>A spec or order of the request with its sources renumbered as the schema was.</summary>
    private static JsonObject? Rebound(JsonObject? request, FreshIds ids, string? dropped)
    {
        if (request is null)
            return null;
        var copy = (JsonObject)request.DeepClone();
        foreach (var field in copy.Objects("fields"))
        {
            var source = field.RequiredInt("source-id");
            field["source-id"] = ids.Of(source) ?? throw PolarisException.Validation($"Cannot find source column with id {source} in the schema of the request");
            if (dropped is not null)
                field.Remove(dropped);
        }

        return copy;
    }
}
