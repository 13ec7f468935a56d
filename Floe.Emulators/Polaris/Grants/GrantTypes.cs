using static Floe.Emulators.Polaris.Grants.Privilege;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>Which privileges the management specification lets be granted on what (CatalogPrivilege, NamespacePrivilege, TablePrivilege ...).</summary>
internal static class GrantTypes
{
    public static bool Allows(string type, Privilege privilege)
    {
        var name = privilege.ToString();
        return type switch
        {
            "catalog" => privilege >= CatalogManageAccess
                && privilege is not (NamespaceAttachPolicy or NamespaceDetachPolicy or TableAttachPolicy or TableDetachPolicy or PolicyAttach or PolicyDetach),
            "namespace" => privilege is CatalogManageAccess or CatalogManageContent or CatalogManageMetadata
                || (privilege >= NamespaceCreate && privilege is not (TableAttachPolicy or TableDetachPolicy or PolicyAttach or PolicyDetach)),
            "table" => privilege == CatalogManageAccess || (name.StartsWith("Table", StringComparison.Ordinal) && privilege != TableCreate),
            "view" => privilege == CatalogManageAccess || (name.StartsWith("View", StringComparison.Ordinal) && privilege != ViewCreate),
            "policy" => privilege == CatalogManageAccess || (name.StartsWith("Policy", StringComparison.Ordinal) && privilege != PolicyCreate),
            _ => false,
        };
    }
}
