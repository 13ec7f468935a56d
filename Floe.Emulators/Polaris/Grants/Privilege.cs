using System.Collections.Frozen;
using System.Text;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>What can be granted. The numbers are stored, so a name keeps its number for ever.</summary>
internal enum Privilege : short
{
    // Granted by the server itself, never by the grants API.
    ServiceManageAccess = 1,
    PrincipalRoleUsage = 2,
    CatalogRoleUsage = 3,

    CatalogManageAccess = 10,
    CatalogManageContent = 11,
    CatalogManageMetadata = 12,
    CatalogReadProperties = 13,
    CatalogWriteProperties = 14,
    CatalogAttachPolicy = 15,
    CatalogDetachPolicy = 16,

    NamespaceCreate = 20,
    NamespaceDrop = 21,
    NamespaceList = 22,
    NamespaceReadProperties = 23,
    NamespaceWriteProperties = 24,
    NamespaceFullMetadata = 25,
    NamespaceAttachPolicy = 26,
    NamespaceDetachPolicy = 27,

    TableCreate = 40,
    TableDrop = 41,
    TableList = 42,
    TableReadProperties = 43,
    TableWriteProperties = 44,
    TableReadData = 45,
    TableWriteData = 46,
    TableFullMetadata = 47,
    TableAttachPolicy = 48,
    TableDetachPolicy = 49,
    TableAssignUuid = 50,
    TableUpgradeFormatVersion = 51,
    TableAddSchema = 52,
    TableSetCurrentSchema = 53,
    TableAddPartitionSpec = 54,
    TableAddSortOrder = 55,
    TableSetDefaultSortOrder = 56,
    TableAddSnapshot = 57,
    TableSetSnapshotRef = 58,
    TableRemoveSnapshots = 59,
    TableRemoveSnapshotRef = 60,
    TableSetLocation = 61,
    TableSetProperties = 62,
    TableRemoveProperties = 63,
    TableSetStatistics = 64,
    TableRemoveStatistics = 65,
    TableRemovePartitionSpecs = 66,
    TableManageStructure = 67,

    ViewCreate = 80,
    ViewDrop = 81,
    ViewList = 82,
    ViewReadProperties = 83,
    ViewWriteProperties = 84,
    ViewFullMetadata = 85,

    PolicyCreate = 100,
    PolicyWrite = 101,
    PolicyRead = 102,
    PolicyDrop = 103,
    PolicyList = 104,
    PolicyFullMetadata = 105,
    PolicyAttach = 106,
    PolicyDetach = 107,
}

/// <summary>The names of privileges on the wire, as <c>TABLE_READ_DATA</c>.</summary>
internal static class PrivilegeNames
{
    private static readonly FrozenDictionary<Privilege, string> s_names = Enum.GetValues<Privilege>().ToFrozenDictionary(p => p, p => Underscored(p.ToString()));

    private static readonly FrozenDictionary<string, Privilege> s_privileges = s_names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    public static string WireName(this Privilege privilege) => s_names[privilege];

    public static bool TryParse(string name, out Privilege privilege) => s_privileges.TryGetValue(name, out privilege);

    private static string Underscored(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }
}
