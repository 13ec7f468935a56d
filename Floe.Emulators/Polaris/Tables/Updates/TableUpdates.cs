using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables.Updates;

/// <summary>The changes that a commit can ask for (Iceberg REST specification, TableUpdate), by action.</summary>
internal static class TableUpdates
{
    private static readonly Dictionary<string, (Operation Operation, Action<MetadataDraft, JsonObject> Apply)> s_actions = new(StringComparer.Ordinal)
    {
        ["assign-uuid"] = (Needs("ASSIGN_TABLE_UUID", Privilege.TableAssignUuid), IdentityUpdates.AssignUuid),
        ["upgrade-format-version"] = (Needs("UPGRADE_TABLE_FORMAT_VERSION", Privilege.TableUpgradeFormatVersion), IdentityUpdates.UpgradeFormatVersion),
        ["set-location"] = (Needs("SET_TABLE_LOCATION", Privilege.TableSetLocation), IdentityUpdates.SetLocation),
        ["set-properties"] = (Needs("SET_TABLE_PROPERTIES", Privilege.TableSetProperties), PropertyUpdates.Set),
        ["remove-properties"] = (Needs("REMOVE_TABLE_PROPERTIES", Privilege.TableRemoveProperties), PropertyUpdates.Remove),
        ["add-schema"] = (Needs("ADD_TABLE_SCHEMA", Privilege.TableAddSchema), (draft, u) => SchemaUpdates.Add(draft, u.RequiredObject("schema"))),
        ["set-current-schema"] = (Needs("SET_TABLE_CURRENT_SCHEMA", Privilege.TableSetCurrentSchema), (draft, u) => SchemaUpdates.SetCurrent(draft, u.RequiredInt("schema-id"))),
        ["remove-schemas"] = (Operation.UpdateTable, SchemaUpdates.Remove),
        ["add-spec"] = (Needs("ADD_TABLE_PARTITION_SPEC", Privilege.TableAddPartitionSpec), (draft, u) => PartitionSpecUpdates.Add(draft, u.RequiredObject("spec"))),
        ["set-default-spec"] = (Operation.UpdateTable, (draft, u) => PartitionSpecUpdates.SetDefault(draft, u.RequiredInt("spec-id"))),
        ["remove-partition-specs"] = (Needs("REMOVE_TABLE_PARTITION_SPECS", Privilege.TableRemovePartitionSpecs), PartitionSpecUpdates.Remove),
        ["add-sort-order"] = (Needs("ADD_TABLE_SORT_ORDER", Privilege.TableAddSortOrder), (draft, u) => SortOrderUpdates.Add(draft, u.RequiredObject("sort-order"))),
        ["set-default-sort-order"] = (Needs("SET_TABLE_DEFAULT_SORT_ORDER", Privilege.TableSetDefaultSortOrder), (draft, u) => SortOrderUpdates.SetDefault(draft, u.RequiredInt("sort-order-id"))),
        ["add-snapshot"] = (Needs("ADD_TABLE_SNAPSHOT", Privilege.TableAddSnapshot), SnapshotUpdates.Add),
        ["remove-snapshots"] = (Needs("REMOVE_TABLE_SNAPSHOTS", Privilege.TableRemoveSnapshots), SnapshotUpdates.Remove),
        ["set-snapshot-ref"] = (Needs("SET_TABLE_SNAPSHOT_REF", Privilege.TableSetSnapshotRef), ReferenceUpdates.Set),
        ["remove-snapshot-ref"] = (Needs("REMOVE_TABLE_SNAPSHOT_REF", Privilege.TableRemoveSnapshotRef), (draft, u) => ReferenceUpdates.Remove(draft, u.RequiredString("ref-name"))),
        ["set-statistics"] = (Needs("SET_TABLE_STATISTICS", Privilege.TableSetStatistics), (draft, u) => StatisticsUpdates.Set(draft, "statistics", u.RequiredObject("statistics"))),
        ["remove-statistics"] = (Needs("REMOVE_TABLE_STATISTICS", Privilege.TableRemoveStatistics), (draft, u) => StatisticsUpdates.Remove(draft, "statistics", u.RequiredLong("snapshot-id"))),
        ["set-partition-statistics"] = (Operation.UpdateTable, (draft, u) => StatisticsUpdates.Set(draft, "partition-statistics", u.RequiredObject("partition-statistics"))),
        ["remove-partition-statistics"] = (Operation.UpdateTable, (draft, u) => StatisticsUpdates.Remove(draft, "partition-statistics", u.RequiredLong("snapshot-id"))),
        ["add-encryption-key"] = (Operation.UpdateTable, EncryptionKeyUpdates.Add),
        ["remove-encryption-key"] = (Operation.UpdateTable, EncryptionKeyUpdates.Remove),
    };

    /// <summary>What a caller must be allowed to do for this update.</summary>
    /// <exception cref="PolarisException">400: unknown action.</exception>
    public static Operation OperationOf(JsonObject update) => Find(update).Operation;

    /// <exception cref="PolarisException">400 or 409: the update does not fit the table.</exception>
    public static void Apply(MetadataDraft draft, JsonObject update) => Find(update).Apply(draft, update);

    private static (Operation Operation, Action<MetadataDraft, JsonObject> Apply) Find(JsonObject update)
    {
        var action = update.RequiredString("action");
        return s_actions.TryGetValue(action, out var found)
            ? found
            : throw PolarisException.BadRequest($"Unknown table update '{action}'; known are {string.Join(", ", s_actions.Keys.Order(StringComparer.Ordinal))}");
    }

    private static Operation Needs(string name, Privilege privilege) => new(name, privilege);
}
