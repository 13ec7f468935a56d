using static Floe.Emulators.Polaris.Store.StoreScope;

namespace Floe.Emulators.Polaris.Store;

/// <summary>What a principal proves itself with. Only hashes are kept.</summary>
/// <param name="SecondaryHash">The secret before the last rotation, still valid until the next one.</param>
internal sealed record SecretRecord(string ClientId, long PrincipalId, byte[] Salt, byte[] MainHash, byte[]? SecondaryHash);

/// <summary>Statements on the table of secrets.</summary>
internal static class PrincipalSecrets
{
    private const string Table = StoreSchema.Name + ".principal_authentication_data";

    private const string Columns = "client_id, principal_id, salt, main_secret_hash, secondary_secret_hash";

    public static Task<SecretRecord?> FindSecretAsync(this StoreScope store, string clientId, CancellationToken cancellationToken) =>
        store.SecretAsync($"select {Columns} from {Table} where realm = $1 and client_id = $2", Text(clientId), cancellationToken);

    public static Task<SecretRecord?> SecretOfAsync(this StoreScope store, long principalId, CancellationToken cancellationToken) =>
        store.SecretAsync($"select {Columns} from {Table} where realm = $1 and principal_id = $2", Long(principalId), cancellationToken);

    /// <summary>Client ids by principal id.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> ClientIdsAsync(this StoreScope store, CancellationToken cancellationToken)
    {
        await using var command = store.Command($"select principal_id, client_id from {Table} where realm = $1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new Dictionary<long, string>();
        while (await reader.ReadAsync(cancellationToken))
            ids[reader.GetInt64(0)] = reader.GetString(1);
        return ids;
    }

    /// <summary>Writes a principal's secret over the one it has.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: another principal has the client id.</exception>
    public static Task PutSecretAsync(this StoreScope store, SecretRecord secret, CancellationToken cancellationToken) =>
        store.ExecuteAsync(
            $"""
            insert into {Table} (realm, {Columns}) values ($1, $2, $3, $4, $5, $6)
            on conflict (realm, principal_id) do update
            set client_id = excluded.client_id, salt = excluded.salt, main_secret_hash = excluded.main_secret_hash, secondary_secret_hash = excluded.secondary_secret_hash
            """,
            [Text(secret.ClientId), Long(secret.PrincipalId), Bytes(secret.Salt), Bytes(secret.MainHash), Bytes(secret.SecondaryHash)],
            cancellationToken);

    private static async Task<SecretRecord?> SecretAsync(this StoreScope store, string sql, Npgsql.NpgsqlParameter key, CancellationToken cancellationToken)
    {
        await using var command = store.Command(sql, key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4))
            : null;
    }
}
