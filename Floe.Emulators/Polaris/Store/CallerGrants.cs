using Floe.Emulators.Polaris.Grants;
using static Floe.Emulators.Polaris.Store.StoreScope;

namespace Floe.Emulators.Polaris.Store;

/// <summary>Reads, in one round trip, who calls and everything that was granted to them by way of their roles.</summary>
internal static class CallerGrants
{
    // Rows: the principal; the principal roles; the catalog roles; the privileges.
    private const string Sql = $"""
        with principal as (
            select e.id, e.name from {StoreSchema.Name}.entities e
            join {StoreSchema.Name}.principal_authentication_data a on a.realm = e.realm and a.principal_id = e.id
            where e.realm = $1 and e.id = $2 and a.client_id = $3
        ), principal_roles as (
            select r.id, r.name from {StoreSchema.Name}.grant_records g
            join principal p on p.id = g.grantee_id
            join {StoreSchema.Name}.entities r on r.realm = g.realm and r.id = g.securable_id
            where g.realm = $1 and g.privilege_code = $4 and ($6::text[] is null or r.name = any ($6))
        ), catalog_roles as (
            select distinct r.id, r.name from {StoreSchema.Name}.grant_records g
            join principal_roles p on p.id = g.grantee_id
            join {StoreSchema.Name}.entities r on r.realm = g.realm and r.id = g.securable_id
            where g.realm = $1 and g.privilege_code = $5
        )
        select 0, id, name, null::smallint from principal
        union all select 1, id, name, null from principal_roles
        union all select 2, id, name, null from catalog_roles
        union all select 3, g.securable_id, null, g.privilege_code from {StoreSchema.Name}.grant_records g
            where g.realm = $1 and g.grantee_id in (select id from principal_roles union all select id from catalog_roles)
            and g.privilege_code not in ($4, $5)
        """;

    /// <returns>The caller, or null where the principal is gone or has another client id by now.</returns>
    /// <param name="onlyRoles">The principal roles to activate; null activates all.</param>
    public static async Task<Caller?> CallerAsync(this StoreScope store, long principalId, string clientId, string[]? onlyRoles, CancellationToken cancellationToken)
    {
        await using var command = store.Command(Sql, Long(principalId), Text(clientId), Short((short)Privilege.PrincipalRoleUsage), Short((short)Privilege.CatalogRoleUsage), Texts(onlyRoles));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        string? name = null;
        var principalRoles = new List<string>();
        var catalogRoles = new List<string>();
        var grants = new Dictionary<long, PrivilegeSet>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetInt64(1);
            switch (reader.GetInt32(0))
            {
                case 0: name = reader.GetString(2); break;
                case 1: principalRoles.Add(reader.GetString(2)); break;
                case 2: catalogRoles.Add(reader.GetString(2)); break;
                default: grants[id] = grants.GetValueOrDefault(id).With((Privilege)reader.GetInt16(3)); break;
            }
        }

        return name is null ? null : new(principalId, name, principalRoles, catalogRoles, grants);
    }
}
