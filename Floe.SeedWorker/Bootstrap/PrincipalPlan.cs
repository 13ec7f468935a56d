using Floe.Lakehouse;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>A principal of the catalog with what it may do.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Connection">Whom the clients say they are: the credentials that it gets.</param>
/// <param name="PrincipalRole">Its role.</param>
/// <param name="CatalogRole">The role in the catalog that its role has.</param>
/// <param name="Privileges">The privileges of the catalog role: these and no others.</param>
public sealed record PrincipalPlan(string Name, LakehouseConnection Connection, string PrincipalRole, string CatalogRole, IReadOnlyList<string> Privileges);
