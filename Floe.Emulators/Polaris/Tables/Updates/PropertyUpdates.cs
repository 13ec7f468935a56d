using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of a table's properties.</summary>
internal static class PropertyUpdates
{
    public static void Set(MetadataDraft draft, JsonObject update)
    {
        var given = update.OptionalStringMap("updates") ?? throw PolarisException.BadRequest("The field 'updates' is missing; the specification requires it");
        foreach (var (key, value) in given)
        {
            if (draft.Properties.OptionalString(key) == value)
                continue;
            draft.Properties[key] = value;
            draft.Touch();
        }
    }

    public static void Remove(MetadataDraft draft, JsonObject update)
    {
        _ = update.RequiredArray("removals");
        foreach (var key in update.Strings("removals"))
            if (draft.Properties.Remove(key))
                draft.Touch();
    }
}
