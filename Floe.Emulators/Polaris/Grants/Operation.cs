using static Floe.Emulators.Polaris.Grants.Privilege;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>Something that a caller can ask for, and the privileges that it takes, all of them. Names and privileges as in Polaris.</summary>
internal sealed record Operation(string Name, params IReadOnlyList<Privilege> Required)
{
    public static readonly Operation ListNamespaces = new("LIST_NAMESPACES", NamespaceList);
    public static readonly Operation CreateNamespace = new("CREATE_NAMESPACE", NamespaceCreate);
    public static readonly Operation LoadNamespace = new("LOAD_NAMESPACE_METADATA", NamespaceReadProperties);
    public static readonly Operation NamespaceExists = new("NAMESPACE_EXISTS", NamespaceList);
    public static readonly Operation DropNamespace = new("DROP_NAMESPACE", NamespaceDrop);
    public static readonly Operation UpdateNamespaceProperties = new("UPDATE_NAMESPACE_PROPERTIES", NamespaceWriteProperties);

    public static readonly Operation ListTables = new("LIST_TABLES", TableList);
    public static readonly Operation CreateTable = new("CREATE_TABLE_DIRECT", TableCreate);
    public static readonly Operation StageTable = new("CREATE_TABLE_STAGED", TableCreate);
    public static readonly Operation CommitStagedTable = new("UPDATE_TABLE_FOR_STAGED_CREATE", TableCreate);
    public static readonly Operation RegisterTable = new("REGISTER_TABLE", TableCreate);
    public static readonly Operation RegisterTableOverwrite = new("REGISTER_TABLE_OVERWRITE", TableFullMetadata);
    public static readonly Operation LoadTable = new("LOAD_TABLE", TableReadProperties);
    public static readonly Operation LoadTableWithDelegation = new("LOAD_TABLE_WITH_READ_DELEGATION", TableReadData);
    public static readonly Operation TableExists = new("TABLE_EXISTS", TableList);
    public static readonly Operation UpdateTable = new("UPDATE_TABLE", TableWriteProperties);
    public static readonly Operation DropTable = new("DROP_TABLE_WITHOUT_PURGE", TableDrop);
    public static readonly Operation DropTableWithPurge = new("DROP_TABLE_WITH_PURGE", TableDrop, TableWriteData);
    public static readonly Operation RenameTableSource = new("RENAME_TABLE", TableDrop);
    public static readonly Operation RenameTableTarget = new("RENAME_TABLE", TableList, TableCreate);
    public static readonly Operation CommitTransaction = new("COMMIT_TRANSACTION", TableWriteProperties, TableCreate);
    public static readonly Operation ReportReadMetrics = new("REPORT_READ_METRICS", TableReadData);
    public static readonly Operation ReportWriteMetrics = new("REPORT_WRITE_METRICS", TableWriteData);

    public static readonly Operation ListCatalogs = new("LIST_CATALOGS", ServiceManageAccess);
    public static readonly Operation CreateCatalog = new("CREATE_CATALOG", ServiceManageAccess);
    public static readonly Operation GetCatalog = new("GET_CATALOG", CatalogReadProperties);
    public static readonly Operation UpdateCatalog = new("UPDATE_CATALOG", CatalogWriteProperties);
    public static readonly Operation DeleteCatalog = new("DELETE_CATALOG", ServiceManageAccess);

    public static readonly Operation ListPrincipals = new("LIST_PRINCIPALS", ServiceManageAccess);
    public static readonly Operation CreatePrincipal = new("CREATE_PRINCIPAL", ServiceManageAccess);
    public static readonly Operation GetPrincipal = new("GET_PRINCIPAL", ServiceManageAccess);
    public static readonly Operation UpdatePrincipal = new("UPDATE_PRINCIPAL", ServiceManageAccess);
    public static readonly Operation DeletePrincipal = new("DELETE_PRINCIPAL", ServiceManageAccess);
    public static readonly Operation RotateCredentials = new("ROTATE_CREDENTIALS", ServiceManageAccess);
    public static readonly Operation ResetCredentials = new("RESET_CREDENTIALS", ServiceManageAccess);
    public static readonly Operation ListAssignedPrincipalRoles = new("LIST_PRINCIPAL_ROLES_ASSIGNED", ServiceManageAccess);
    public static readonly Operation AssignPrincipalRole = new("ASSIGN_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation RevokePrincipalRole = new("REVOKE_PRINCIPAL_ROLE", ServiceManageAccess);

    public static readonly Operation ListPrincipalRoles = new("LIST_PRINCIPAL_ROLES", ServiceManageAccess);
    public static readonly Operation CreatePrincipalRole = new("CREATE_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation GetPrincipalRole = new("GET_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation UpdatePrincipalRole = new("UPDATE_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation DeletePrincipalRole = new("DELETE_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation ListPrincipalsOfRole = new("LIST_ASSIGNEE_PRINCIPALS_FOR_PRINCIPAL_ROLE", ServiceManageAccess);
    public static readonly Operation ListCatalogRolesOfRole = new("LIST_CATALOG_ROLES_FOR_PRINCIPAL_ROLE", ServiceManageAccess);

    public static readonly Operation ListCatalogRoles = new("LIST_CATALOG_ROLES", CatalogManageAccess);
    public static readonly Operation CreateCatalogRole = new("CREATE_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation GetCatalogRole = new("GET_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation UpdateCatalogRole = new("UPDATE_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation DeleteCatalogRole = new("DELETE_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation AssignCatalogRole = new("ASSIGN_CATALOG_ROLE_TO_PRINCIPAL_ROLE", CatalogManageAccess);
    public static readonly Operation RevokeCatalogRole = new("REVOKE_CATALOG_ROLE_FROM_PRINCIPAL_ROLE", CatalogManageAccess);
    public static readonly Operation ListPrincipalRolesOfCatalogRole = new("LIST_ASSIGNEE_PRINCIPAL_ROLES_FOR_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation ListGrants = new("LIST_GRANTS_FOR_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation AddGrant = new("ADD_GRANT_TO_CATALOG_ROLE", CatalogManageAccess);
    public static readonly Operation RevokeGrant = new("REVOKE_GRANT_FROM_CATALOG_ROLE", CatalogManageAccess);
}
