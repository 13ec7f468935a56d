using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>Metadata that another writer made, brought into the shape that the updates work on.</summary>
internal static class ExistingTable
{
    /// <summary>Checks what every version must have and gives version 1 documents the lists of later versions.</summary>
    /// <exception cref="PolarisException">400: not table metadata, or of an unknown format version.</exception>
    public static JsonObject Normalize(JsonObject json, string location)
    {
        var version = json.OptionalInt("format-version") ?? throw PolarisException.BadRequest($"The file {location} has no format-version: it is not Iceberg table metadata");
        if (version is < 1 or > MetadataDraft.NewestFormatVersion)
            throw PolarisException.BadRequest($"The file {location} has format version {version}; this server reads 1 to {MetadataDraft.NewestFormatVersion}");
        _ = json.RequiredString("location");
        _ = json.RequiredInt("last-column-id");
        if (json.OptionalString("table-uuid") is null)
            json["table-uuid"] = version == 1 ? Guid.NewGuid().ToString() : throw PolarisException.BadRequest($"The file {location} has no table-uuid");
        if (version == 1)
            NormalizeFirstVersion(json);
        _ = json.RequiredArray("schemas");
        _ = json.RequiredInt("current-schema-id");
        _ = json.RequiredArray("partition-specs");
        _ = json.RequiredInt("default-spec-id");
        if (json.OptionalObject("refs") is null)
        {
            json["refs"] = json.OptionalLong("current-snapshot-id") is { } current and not -1
                ? new JsonObject { [MetadataDraft.MainBranch] = new JsonObject { ["snapshot-id"] = current, ["type"] = "branch" } }
                : new JsonObject();
        }

        return json;
    }

    private static void NormalizeFirstVersion(JsonObject json)
    {
        if (json.OptionalArray("schemas") is null)
        {
            var schema = (JsonObject)json.RequiredObject("schema").DeepClone();
            schema["schema-id"] ??= 0;
            json["current-schema-id"] = schema["schema-id"]!.DeepClone();
            json["schemas"] = new JsonArray(schema);
        }

        if (json.OptionalArray("partition-specs") is null)
        {
            var fields = (JsonArray)json.RequiredArray("partition-spec").DeepClone();
            foreach (var (field, index) in fields.Cast<JsonObject>().Select((f, i) => (f, i)))
                field["field-id"] ??= Updates.PartitionSpecUpdates.FirstFieldId + index;
            json["partition-specs"] = new JsonArray(new JsonObject { ["spec-id"] = 0, ["fields"] = fields });
            json["default-spec-id"] = 0;
        }

        json["last-partition-id"] ??= json.Objects("partition-specs").SelectMany(s => s.Objects("fields")).Select(f => f.OptionalInt("field-id") ?? 0)
            .Append(Updates.PartitionSpecUpdates.FirstFieldId - 1).Max();
        json["sort-orders"] ??= new JsonArray(new JsonObject { ["order-id"] = 0, ["fields"] = new JsonArray() });
        json["default-sort-order-id"] ??= 0;
    }
}
