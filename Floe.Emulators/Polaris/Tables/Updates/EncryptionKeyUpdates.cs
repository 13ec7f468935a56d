using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>Updates of the (wrapped) keys of an encrypted table.</summary>
internal static class EncryptionKeyUpdates
{
    private const string Field = "encryption-keys";

    public static void Add(MetadataDraft draft, JsonObject update)
    {
        var key = update.RequiredObject("encryption-key");
        var id = key.RequiredString("key-id");
        _ = key.RequiredString("encrypted-key-metadata");
        if (draft.FormatVersion < 3)
            throw PolarisException.Validation($"Cannot add the encryption key {id}: it needs format version 3, the table has {draft.FormatVersion}");
        if (Find(draft, id) is not null)
            return;
        draft.ArrayOf(Field).Add(key.DeepClone());
        draft.Touch();
    }

    public static void Remove(MetadataDraft draft, JsonObject update)
    {
        if (Find(draft, update.RequiredString("key-id")) is not { } key)
            return;
        draft.ArrayOf(Field).Remove(key);
        draft.Touch();
    }

    private static JsonObject? Find(MetadataDraft draft, string id) => draft.Json.Objects(Field).FirstOrDefault(key => key.OptionalString("key-id") == id);
}
