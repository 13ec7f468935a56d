using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables.Requirements;

/// <summary>What must hold for a commit to be made (Iceberg REST specification, TableRequirement).</summary>
internal static class TableRequirements
{
    /// <summary>Whether the change creates its table.</summary>
    public static bool AssertsCreate(IEnumerable<JsonObject> requirements) => requirements.Any(r => r.OptionalString("type") == "assert-create");

    /// <exception cref="PolarisException">400: the requirement is unknown or incomplete; 409 CommitFailedException: it does not hold.</exception>
    /// <param name="table">The metadata now; null where there is no table.</param>
    public static void Check(JsonObject requirement, JsonObject? table)
    {
        switch (requirement.RequiredString("type"))
        {
            case "assert-create":
                if (table is not null)
                    throw Failed("table already exists");
                break;
            case "assert-table-uuid":
                var uuid = requirement.RequiredString("uuid");
                if (!string.Equals(table?.OptionalString("table-uuid"), uuid, StringComparison.OrdinalIgnoreCase))
                    throw Failed($"UUID does not match: expected {table?.OptionalString("table-uuid") ?? "no table"} != {uuid}");
                break;
            case "assert-ref-snapshot-id":
                CheckReference(requirement, table);
                break;
            case "assert-last-assigned-field-id":
                CheckNumber(requirement, "last-assigned-field-id", table, "last-column-id", "last assigned field id");
                break;
            case "assert-current-schema-id":
                CheckNumber(requirement, "current-schema-id", table, "current-schema-id", "current schema");
                break;
            case "assert-last-assigned-partition-id":
                CheckNumber(requirement, "last-assigned-partition-id", table, "last-partition-id", "last assigned partition id");
                break;
            case "assert-default-spec-id":
                CheckNumber(requirement, "default-spec-id", table, "default-spec-id", "default partition spec");
                break;
            case "assert-default-sort-order-id":
                CheckNumber(requirement, "default-sort-order-id", table, "default-sort-order-id", "default sort order");
                break;
            case var unknown:
                throw PolarisException.BadRequest($"Unknown table requirement '{unknown}'; this server cannot promise what it does not know");
        }
    }

    private static void CheckReference(JsonObject requirement, JsonObject? table)
    {
        var name = requirement.RequiredString("ref");
        if (!requirement.ContainsKey("snapshot-id"))
            throw PolarisException.BadRequest("The field 'snapshot-id' is missing; the specification requires it, null meaning that the reference must not exist");
        var expected = requirement.OptionalLong("snapshot-id");
        var reference = table?.OptionalObject("refs")?.OptionalObject(name);
        var type = reference?.OptionalString("type") ?? "branch";
        var found = reference?.OptionalLong("snapshot-id");
        if (expected == found)
            return;
        throw expected is null
            ? Failed($"{type} {name} was created concurrently")
            : found is null
                ? Failed($"branch or tag {name} is missing, expected {expected}")
                : Failed($"{type} {name} has changed: expected id {expected} != {found}");
    }

    private static void CheckNumber(JsonObject requirement, string field, JsonObject? table, string tableField, string what)
    {
        var expected = requirement.RequiredInt(field);
        var found = table?.OptionalInt(tableField);
        if (found != expected)
            throw Failed($"{what} changed: expected {expected} != {(found is null ? "none" : found)}");
    }

    private static PolarisException Failed(string reason) => PolarisException.CommitFailed($"Requirement failed: {reason}");
}
