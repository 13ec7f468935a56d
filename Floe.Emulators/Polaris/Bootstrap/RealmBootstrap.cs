using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;

namespace Floe.Emulators.Polaris.Bootstrap;

/// <summary>
/// The first principal of a realm. Where the realm exists with other root credentials, the configured ones replace them: real Polaris keeps
/// the old ones, which on a developer's machine only means that a changed password ends in 401.
/// </summary>
internal static class RealmBootstrap
{
    public const string RootPrincipal = "root";

    public const string ServiceAdminRole = "service_admin";

    /// <returns>What was done, in words, or null where everything was there.</returns>
    public static async Task<string?> EnsureAsync(StoreScope store, string clientId, string secret, CancellationToken cancellationToken)
    {
        await store.ExecuteAsync(
            $"""
            insert into {StoreSchema.Name}.entities (realm, id, catalog_id, parent_id, type_code, name, entity_version, properties, internal_properties, create_timestamp, last_update_timestamp)
            values ($1, {Entity.RootId}, {Entity.NoCatalog}, null, {(short)EntityType.Root}, 'root_container', 1, '{"{}"}', '{"{}"}', $2, $2) on conflict do nothing
            """,
            [StoreScope.Long(store.NowMs)],
            cancellationToken);
        var role = await EnsureTopLevelAsync(store, EntityType.PrincipalRole, ServiceAdminRole, cancellationToken);
        await store.GrantAsync(role.Id, Privilege.ServiceManageAccess, Entity.RootId, cancellationToken);
        var root = await EnsureTopLevelAsync(store, EntityType.Principal, RootPrincipal, cancellationToken);
        await store.GrantAsync(root.Id, Privilege.PrincipalRoleUsage, role.Id, cancellationToken);

        var current = await store.SecretOfAsync(root.Id, cancellationToken);
        if (current?.ClientId == clientId && ClientSecrets.Verify(current, secret))
            return null;
        await store.PutSecretAsync(ClientSecrets.Seal(clientId, secret, root.Id), cancellationToken);
        return current is null ? "bootstrapped the realm" : "replaced the root principal's credentials by the configured ones";
    }

    /// <summary>Whether the realm has its root principal.</summary>
    public static async Task<bool> IsThereAsync(StoreScope store, CancellationToken cancellationToken) =>
        await store.FindTopLevelAsync(EntityType.Principal, RootPrincipal, cancellationToken) is { } root && await store.SecretOfAsync(root.Id, cancellationToken) is not null;

    private static async Task<Entity> EnsureTopLevelAsync(StoreScope store, EntityType type, string name, CancellationToken cancellationToken) =>
        await store.FindTopLevelAsync(type, name, cancellationToken)
        ?? (await store.CreateAsync(Entity.NoCatalog, Entity.RootId, type, name, Entity.NoProperties, Entity.NoProperties, null, cancellationToken))!;
}
