using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Http;

/// <summary>What all management entities have in common: versions, times, properties.</summary>
internal static class EntityVersions
{
    /// <summary>Name, properties, times and version as every management answer has them.</summary>
    public static JsonObject Describe(this Entity entity) => new()
    {
        ["name"] = entity.Name,
        ["properties"] = entity.Properties.ToJson(),
        ["createTimestamp"] = entity.CreatedAt,
        ["lastUpdateTimestamp"] = entity.UpdatedAt,
        ["entityVersion"] = entity.Version,
    };

    /// <exception cref="PolarisException">409: the entity is at another version than the request names.</exception>
    public static void RequireVersion(this Entity entity, JsonObject request)
    {
        var given = request.RequiredInt("currentEntityVersion");
        if (given != entity.Version)
            throw PolarisException.VersionConflict(entity.Type.ToString(), entity.Name, entity.Version, given);
    }

    /// <summary>Replaces an entity that is still at the version that was read.</summary>
    /// <exception cref="PolarisException">409: it is not.</exception>
    public static async Task<Entity> ReplaceAsync(this StoreScope store, Entity changed, CancellationToken cancellationToken) =>
        await store.SwapAsync(changed, cancellationToken)
        ?? throw new PolarisException(409, "CommitConflictException", $"{changed.Type} {changed.Name} was changed at the same time; read it again and repeat the change");
}
