using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of branches and tags.</summary>
internal static class ReferenceUpdates
{
    private static readonly string[] s_retention = ["min-snapshots-to-keep", "max-snapshot-age-ms", "max-ref-age-ms"];

    public static void Set(MetadataDraft draft, JsonObject update)
    {
        var name = update.RequiredString("ref-name");
        var type = update.RequiredString("type");
        var id = update.RequiredLong("snapshot-id");
        if (type is not ("branch" or "tag"))
            throw PolarisException.BadRequest($"The type '{type}' of reference {name} must be branch or tag");
        if (name == MetadataDraft.MainBranch && type != "branch")
            throw PolarisException.IllegalArgument("The reference main must be a branch");
        var snapshot = draft.Snapshot(id) ?? throw PolarisException.Validation($"Cannot set {name} to unknown snapshot: {id}");

        var reference = new JsonObject { ["snapshot-id"] = id, ["type"] = type };
        foreach (var field in s_retention)
        {
            if (update.OptionalLong(field) is not { } value)
                continue;
            if (value <= 0 || (type == "tag" && field != "max-ref-age-ms"))
                throw PolarisException.IllegalArgument($"The {type} {name} cannot have {field} {value}; it must be positive, and tags have max-ref-age-ms only");
            reference[field] = value;
        }

        var refs = draft.ObjectOf("refs");
        if (JsonNode.DeepEquals(refs[name], reference))
            return;
        refs[name] = reference;
        draft.Touch();
        if (name == MetadataDraft.MainBranch && draft.CurrentSnapshotId != id)
            draft.SetCurrentSnapshot(snapshot);
    }

    public static void Remove(MetadataDraft draft, string name)
    {
        if (!draft.ObjectOf("refs").Remove(name))
            return;
        draft.Touch();
        if (name == MetadataDraft.MainBranch)
            draft.ClearCurrentSnapshot();
    }
}
