using static Floe.Emulators.Polaris.Grants.Privilege;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>Which privileges contain which others, as in Polaris.</summary>
internal static class PrivilegeImplications
{
    private static readonly Privilege[] s_namespaceMetadata = [NamespaceCreate, NamespaceDrop, NamespaceList, NamespaceReadProperties, NamespaceWriteProperties];

    private static readonly Privilege[] s_tableStructure =
    [
        TableAssignUuid, TableUpgradeFormatVersion, TableAddSchema, TableSetCurrentSchema, TableAddPartitionSpec, TableAddSortOrder, TableSetDefaultSortOrder,
        TableRemoveSnapshots, TableRemoveSnapshotRef, TableSetLocation, TableSetProperties, TableRemoveProperties, TableSetStatistics, TableRemoveStatistics,
        TableRemovePartitionSpecs,
    ];

    private static readonly Privilege[] s_viewMetadata = [ViewCreate, ViewDrop, ViewList, ViewReadProperties, ViewWriteProperties];

    private static readonly Privilege[] s_policy = [PolicyCreate, PolicyWrite, PolicyRead, PolicyDrop, PolicyList, PolicyAttach, PolicyDetach];

    /// <summary>Each privilege with the next smaller ones; the rest follows from the chain.</summary>
    private static readonly Dictionary<Privilege, Privilege[]> s_contains = new()
    {
        [ServiceManageAccess] = [CatalogReadProperties, CatalogWriteProperties],
        [CatalogManageContent] = [CatalogManageMetadata, TableWriteData, CatalogWriteProperties],
        [CatalogManageMetadata] = [NamespaceFullMetadata, TableFullMetadata, ViewFullMetadata, PolicyFullMetadata, CatalogWriteProperties,
            CatalogAttachPolicy, CatalogDetachPolicy, NamespaceAttachPolicy, NamespaceDetachPolicy, TableAttachPolicy, TableDetachPolicy],
        [CatalogWriteProperties] = [CatalogReadProperties],
        [NamespaceFullMetadata] = s_namespaceMetadata,
        [NamespaceCreate] = [NamespaceList],
        [NamespaceWriteProperties] = [NamespaceReadProperties],
        [NamespaceReadProperties] = [NamespaceList],
        [TableFullMetadata] = [TableCreate, TableDrop, TableWriteProperties],
        [TableCreate] = [TableList],
        [TableWriteData] = [TableReadData, TableWriteProperties],
        [TableReadData] = [TableReadProperties],
        [TableWriteProperties] = [TableReadProperties, TableManageStructure, TableAddSnapshot, TableSetSnapshotRef],
        [TableReadProperties] = [TableList],
        [TableManageStructure] = s_tableStructure,
        [ViewFullMetadata] = s_viewMetadata,
        [ViewCreate] = [ViewList],
        [ViewWriteProperties] = [ViewReadProperties],
        [ViewReadProperties] = [ViewList],
        [PolicyFullMetadata] = s_policy,
    };

    private static readonly Dictionary<Privilege, PrivilegeSet> s_sufficient = Invert();

    /// <summary>Every privilege that is enough where <paramref name="required"/> is asked for.</summary>
    public static PrivilegeSet SufficientFor(Privilege required) => s_sufficient[required];

    private static Dictionary<Privilege, PrivilegeSet> Invert()
    {
        var sufficient = Enum.GetValues<Privilege>().ToDictionary(p => p, p => PrivilegeSet.Of(p));
        foreach (var holder in Enum.GetValues<Privilege>())
            foreach (var contained in Closure(holder))
                sufficient[contained] = sufficient[contained].With(holder);
        return sufficient;
    }

    private static IEnumerable<Privilege> Closure(Privilege holder) =>
        s_contains.TryGetValue(holder, out var contained) ? contained.SelectMany(p => Closure(p).Prepend(p)) : [];
}
