using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of what a table is: uuid, format version, location.</summary>
internal static class IdentityUpdates
{
    public static void AssignUuid(MetadataDraft draft, JsonObject update)
    {
        var text = update.RequiredString("uuid");
        if (!Guid.TryParse(text, out var uuid))
            throw PolarisException.BadRequest($"'{text}' is not a uuid");
        if (draft.FileLocation is not null && Guid.Parse(draft.Json.RequiredString("table-uuid")) != uuid)
            throw PolarisException.Validation($"Cannot reassign the uuid of an existing table from {draft.Json.RequiredString("table-uuid")} to {text}");
        if (draft.Json.RequiredString("table-uuid") != text)
            draft.Set("table-uuid", text);
    }

    public static void UpgradeFormatVersion(MetadataDraft draft, JsonObject update)
    {
        var version = update.RequiredInt("format-version");
        if (version > MetadataDraft.NewestFormatVersion)
            throw PolarisException.IllegalArgument($"Cannot upgrade table to unsupported format version: v{version} (supported: v{MetadataDraft.NewestFormatVersion})");
        if (version < draft.FormatVersion)
            throw PolarisException.IllegalArgument($"Cannot downgrade v{draft.FormatVersion} table to v{version}");
        if (version == draft.FormatVersion)
            return;
        if (draft.FormatVersion == 1)
        {
            draft.Json.Remove("schema");
            draft.Json.Remove("partition-spec");
            draft.Json["last-sequence-number"] ??= 0;
        }

        if (version >= 3)
        {
            draft.Json["next-row-id"] ??= 0;
            if (draft.CurrentSnapshotId is null)
                draft.Json.Remove("current-snapshot-id");
        }

        draft.Set("format-version", version);
    }

    public static void SetLocation(MetadataDraft draft, JsonObject update)
    {
        // The commit checks that the location is allowed; here only its form.
        var location = S3Location.Parse(update.RequiredString("location")).ToString();
        if (location != draft.Location)
            draft.Set("location", location);
    }
}
