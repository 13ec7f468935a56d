using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of table and partition statistics: at most one file per snapshot.</summary>
internal static class StatisticsUpdates
{
    public static void Set(MetadataDraft draft, string field, JsonObject file)
    {
        var snapshotId = file.RequiredLong("snapshot-id");
        _ = file.RequiredString("statistics-path");
        _ = file.RequiredLong("file-size-in-bytes");
        if (field == "statistics")
        {
            _ = file.RequiredLong("file-footer-size-in-bytes");
            _ = file.RequiredArray("blob-metadata");
        }

        if (draft.Find(field, "snapshot-id", snapshotId) is { } present)
            draft.ArrayOf(field).Remove(present);
        draft.ArrayOf(field).Add(file.DeepClone());
        draft.Touch();
    }

    public static void Remove(MetadataDraft draft, string field, long snapshotId)
    {
        if (draft.Find(field, "snapshot-id", snapshotId) is not { } present)
            return;
        draft.ArrayOf(field).Remove(present);
        draft.Touch();
    }
}
