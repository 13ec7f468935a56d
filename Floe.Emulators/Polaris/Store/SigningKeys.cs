using System.Security.Cryptography;
using static Floe.Emulators.Polaris.Store.StoreScope;

namespace Floe.Emulators.Polaris.Store;

/// <summary>The key that tokens are signed with: one per realm, kept, so that tokens outlive a restart and hold in every process.</summary>
internal static class SigningKeys
{
    private const string Table = StoreSchema.Name + ".signing_keys";

    public static async Task<byte[]> SigningKeyAsync(this StoreScope store, CancellationToken cancellationToken)
    {
        await store.ExecuteAsync($"insert into {Table} (realm, key) values ($1, $2) on conflict do nothing", [Bytes(RandomNumberGenerator.GetBytes(32))], cancellationToken);
        await using var command = store.Command($"select key from {Table} where realm = $1");
        return (byte[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
