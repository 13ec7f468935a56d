using Floe.Emulators.Polaris.Grants;
using static Floe.Emulators.Polaris.Store.StoreScope;

namespace Floe.Emulators.Polaris.Store;

/// <summary>Statements on the table of grants: who (grantee) may do what (privilege) on what (securable).</summary>
internal static class GrantRecords
{
    private const string Table = StoreSchema.Name + ".grant_records";

    /// <summary>Grants; granting what is granted already changes nothing.</summary>
    /// <exception cref="Npgsql.PostgresException">23503: securable or grantee was dropped meanwhile.</exception>
    public static Task GrantAsync(this StoreScope store, long granteeId, Privilege privilege, long securableId, CancellationToken cancellationToken) =>
        store.ExecuteAsync(
            $"insert into {Table} (realm, grantee_id, securable_id, privilege_code) values ($1, $2, $3, $4) on conflict do nothing",
            [Long(granteeId), Long(securableId), Short((short)privilege)],
            cancellationToken);

    /// <returns>Whether it was granted.</returns>
    public static async Task<bool> RevokeAsync(this StoreScope store, long granteeId, Privilege privilege, long securableId, CancellationToken cancellationToken) =>
        await store.ExecuteAsync(
            $"delete from {Table} where realm = $1 and grantee_id = $2 and securable_id = $3 and privilege_code = $4",
            [Long(granteeId), Long(securableId), Short((short)privilege)],
            cancellationToken) == 1;

    /// <summary>What a grantee was granted itself.</summary>
    public static Task<IReadOnlyList<(long SecurableId, Privilege Privilege)>> GrantsOfAsync(this StoreScope store, long granteeId, CancellationToken cancellationToken) =>
        store.PairsAsync($"select securable_id, privilege_code from {Table} where realm = $1 and grantee_id = $2 order by securable_id, privilege_code", granteeId, cancellationToken);

    /// <summary>Who was granted something on a securable.</summary>
    public static Task<IReadOnlyList<(long GranteeId, Privilege Privilege)>> GrantsOnAsync(this StoreScope store, long securableId, CancellationToken cancellationToken) =>
        store.PairsAsync($"select grantee_id, privilege_code from {Table} where realm = $1 and securable_id = $2 order by grantee_id, privilege_code", securableId, cancellationToken);

    private static async Task<IReadOnlyList<(long, Privilege)>> PairsAsync(this StoreScope store, string sql, long id, CancellationToken cancellationToken)
    {
        await using var command = store.Command(sql, Long(id));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var pairs = new List<(long, Privilege)>();
        while (await reader.ReadAsync(cancellationToken))
            pairs.Add((reader.GetInt64(0), (Privilege)reader.GetInt16(1)));
        return pairs;
    }
}
