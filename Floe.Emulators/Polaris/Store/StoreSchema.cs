using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Polaris.Store;

/// <summary>The catalog's tables, made when they are not there. Safe for several processes that start at once.</summary>
internal static class StoreSchema
{
    public const string Name = "polaris_emulator";

    private const int Version = 1;

    // Any constant that nobody else in this database uses.
    internal const long CreationLock = 0x466C6F65_506F6C61;

    // The foreign keys are the guard against races: no child without its parent, no grant on or for something that is gone.
    private const string Tables = $"""
        create schema if not exists {Name};
        create table if not exists {Name}.schema_version (version integer not null);
        insert into {Name}.schema_version select 1 where not exists (select from {Name}.schema_version);
        create sequence if not exists {Name}.entity_ids start 1000;
        create table if not exists {Name}.entities (
            realm text not null,
            id bigint not null,
            catalog_id bigint not null,
            parent_id bigint,
            type_code smallint not null,
            name text not null,
            entity_version integer not null,
            properties jsonb not null,
            internal_properties jsonb not null,
            location text,
            create_timestamp bigint not null,
            last_update_timestamp bigint not null,
            primary key (realm, id),
            foreign key (realm, parent_id) references {Name}.entities (realm, id)
        );
        create unique index if not exists entities_by_name on {Name}.entities (realm, catalog_id, parent_id, type_code, name) nulls not distinct;
        create index if not exists entities_by_parent on {Name}.entities (realm, parent_id);
        create index if not exists entities_by_location on {Name}.entities (realm, catalog_id, location);
        create table if not exists {Name}.grant_records (
            realm text not null,
            securable_id bigint not null,
            grantee_id bigint not null,
            privilege_code smallint not null,
            primary key (realm, grantee_id, securable_id, privilege_code),
            foreign key (realm, securable_id) references {Name}.entities (realm, id) on delete cascade,
            foreign key (realm, grantee_id) references {Name}.entities (realm, id) on delete cascade
        );
        create index if not exists grants_by_securable on {Name}.grant_records (realm, securable_id);
        create table if not exists {Name}.principal_authentication_data (
            realm text not null,
            client_id text not null,
            principal_id bigint not null,
            salt bytea not null,
            main_secret_hash bytea not null,
            secondary_secret_hash bytea,
            primary key (realm, client_id),
            unique (realm, principal_id),
            foreign key (realm, principal_id) references {Name}.entities (realm, id) on delete cascade
        );
        create table if not exists {Name}.signing_keys (
            realm text primary key,
            key bytea not null
        );
        """;

    /// <summary>Creates what is missing, inside the caller's transaction, while every other starting process waits.</summary>
    /// <exception cref="ConfigurationException">The tables were written by a newer version.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { StoreScope.Long(CreationLock) } })
            await command.ExecuteNonQueryAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(Tables, connection, transaction))
            await command.ExecuteNonQueryAsync(cancellationToken);
        await using (var command = new NpgsqlCommand($"select version from {Name}.schema_version", connection, transaction))
        {
            var found = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
            if (found > Version)
                throw new ConfigurationException($"The schema {Name} of the database has version {found}, this server knows version {Version}; start a newer server or give it another database.");
        }
    }
}
