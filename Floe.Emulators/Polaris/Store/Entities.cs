using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Json;
using Npgsql;
using static Floe.Emulators.Polaris.Store.StoreScope;

namespace Floe.Emulators.Polaris.Store;

/// <summary>Statements on the table of entities.</summary>
internal static class Entities
{
    private const string Table = StoreSchema.Name + ".entities";

    private const string Columns = "id, catalog_id, parent_id, type_code, name, entity_version, properties, internal_properties, location, create_timestamp, last_update_timestamp";

    public static Task<Entity?> FindAsync(this StoreScope store, long catalogId, long parentId, EntityType type, string name, CancellationToken cancellationToken) =>
        store.OneAsync(
            $"select {Columns} from {Table} where realm = $1 and catalog_id = $2 and parent_id = $3 and type_code = $4 and name = $5",
            [Long(catalogId), Long(parentId), Short((short)type), Text(name)],
            cancellationToken);

    public static Task<Entity?> FindTopLevelAsync(this StoreScope store, EntityType type, string name, CancellationToken cancellationToken) =>
        store.FindAsync(Entity.NoCatalog, Entity.RootId, type, name, cancellationToken);

    public static Task<Entity?> GetAsync(this StoreScope store, long id, CancellationToken cancellationToken) =>
        store.OneAsync($"select {Columns} from {Table} where realm = $1 and id = $2", [Long(id)], cancellationToken);

    /// <summary>As <see cref="GetAsync"/>, and keeps the entity as it is until the transaction ends.</summary>
    public static Task<Entity?> LockAsync(this StoreScope store, long id, CancellationToken cancellationToken) =>
        store.OneAsync($"select {Columns} from {Table} where realm = $1 and id = $2 for update", [Long(id)], cancellationToken);

    /// <summary>Children by name; with <paramref name="limit"/> the next page after the name <paramref name="after"/>.</summary>
    public static Task<IReadOnlyList<Entity>> ListAsync(
        this StoreScope store, long catalogId, long parentId, EntityType type, string? after, int? limit, CancellationToken cancellationToken) =>
        store.ManyAsync(
            $"""
            select {Columns} from {Table}
            where realm = $1 and catalog_id = $2 and parent_id = $3 and type_code = $4 and ($5 is null or name collate "C" > $5)
            order by name collate "C" limit $6
            """,
            [Long(catalogId), Long(parentId), Short((short)type), Text(after), Long(limit)],
            cancellationToken);

    public static Task<IReadOnlyList<Entity>> ListTopLevelAsync(this StoreScope store, EntityType type, CancellationToken cancellationToken) =>
        store.ListAsync(Entity.NoCatalog, Entity.RootId, type, null, null, cancellationToken);

    public static Task<IReadOnlyList<Entity>> GetManyAsync(this StoreScope store, long[] ids, CancellationToken cancellationToken) =>
        store.ManyAsync($"""select {Columns} from {Table} where realm = $1 and id = any($2) order by name collate "C" """, [Longs(ids)], cancellationToken);

    /// <summary>The location of a namespace or table of the catalog that lies above, below or at <paramref name="location"/>, save of <paramref name="except"/>.</summary>
    public static async Task<string?> OverlappingLocationAsync(
        this StoreScope store, long catalogId, string location, long[] except, CancellationToken cancellationToken)
    {
        await using var command = store.Command(
            $"""
            select location from {Table}
            where realm = $1 and catalog_id = $2 and type_code in ({(short)EntityType.Namespace}, {(short)EntityType.Table}) and id <> all ($4)
              and (location = $3 or starts_with(location, $3 || '/') or starts_with($3, location || '/'))
            limit 1
            """,
            Long(catalogId), Text(location), Longs(except));
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Lets one transaction at a time place things in a catalog, so that the check for overlaps holds.</summary>
    public static Task LockPlacementAsync(this StoreScope store, long catalogId, CancellationToken cancellationToken) =>
        store.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended($1, $2))", [Long(catalogId)], cancellationToken);

    /// <returns>The new entity, or null where the name is taken.</returns>
    /// <exception cref="PostgresException">23503: the parent was dropped meanwhile.</exception>
    public static Task<Entity?> CreateAsync(
        this StoreScope store,
        long catalogId,
        long parentId,
        EntityType type,
        string name,
        IReadOnlyDictionary<string, string> properties,
        IReadOnlyDictionary<string, string> internals,
        string? location,
        CancellationToken cancellationToken) =>
        store.OneAsync(
            $"""
            insert into {Table} (realm, {Columns})
            values ($1, nextval('{StoreSchema.Name}.entity_ids'), $2, $3, $4, $5, 1, $6, $7, $8, $9, $9)
            on conflict (realm, catalog_id, parent_id, type_code, name) do nothing
            returning {Columns}
            """,
            [Long(catalogId), Long(parentId), Short((short)type), Text(name), Jsonb(Write(properties)), Jsonb(Write(internals)), Text(location), Long(store.NowMs)],
            cancellationToken);

    /// <summary>Compare-and-swap: writes <paramref name="entity"/> where the stored version is still <see cref="Entity.Version"/>.</summary>
    /// <returns>The entity with its new version, or null where another change was faster.</returns>
    public static Task<Entity?> SwapAsync(this StoreScope store, Entity entity, CancellationToken cancellationToken) =>
        store.OneAsync(
            $"""
            update {Table}
            set properties = $4, internal_properties = $5, location = $6, parent_id = $7, name = $8, entity_version = entity_version + 1, last_update_timestamp = $9
            where realm = $1 and id = $2 and entity_version = $3
            returning {Columns}
            """,
            [Long(entity.Id), Int(entity.Version), Jsonb(Write(entity.Properties)), Jsonb(Write(entity.Internal)), Text(entity.Location), Long(entity.ParentId), Text(entity.Name), Long(store.NowMs)],
            cancellationToken);

    /// <returns>Whether it was there.</returns>
    /// <exception cref="PostgresException">23503: it has children.</exception>
    public static async Task<bool> DeleteAsync(this StoreScope store, long id, CancellationToken cancellationToken) =>
        await store.ExecuteAsync($"delete from {Table} where realm = $1 and id = $2", [Long(id)], cancellationToken) == 1;

    private static async Task<Entity?> OneAsync(this StoreScope store, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = store.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static async Task<IReadOnlyList<Entity>> ManyAsync(this StoreScope store, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = store.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entities = new List<Entity>();
        while (await reader.ReadAsync(cancellationToken))
            entities.Add(Read(reader));
        return entities;
    }

    private static Entity Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        row.IsDBNull(2) ? null : row.GetInt64(2),
        (EntityType)row.GetInt16(3),
        row.GetString(4),
        row.GetInt32(5),
        ReadMap(row.GetString(6)),
        ReadMap(row.GetString(7)),
        row.IsDBNull(8) ? null : row.GetString(8),
        row.GetInt64(9),
        row.GetInt64(10));

    private static IReadOnlyDictionary<string, string> ReadMap(string json)
    {
        if (json == "{}")
            return Entity.NoProperties;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
    }

    private static string Write(IReadOnlyDictionary<string, string> map) => map.Count == 0 ? "{}" : ((JsonNode)map.ToJson()).ToJsonString();
}
