using Floe.ServiceDefaults.Configuration;

namespace Floe.Emulators.Marquez.Store;

/// <summary>The server's tables, made when they are not there. Safe for several processes that start at once.</summary>
internal static class StoreSchema
{
    public const string Name = "marquez_emulator";

    private const int Version = 2;

    // Any constant that nobody else in this database uses; also held while an event is taken in, so that events follow each other.
    internal const long Lock = 0x466C6F65_4D617271;

    // run_id of job_io is all zeros where an event of a job alone names its datasets.
    private const string Tables = $"""
        create schema if not exists {Name};
        create table if not exists {Name}.schema_version (version integer not null);
        insert into {Name}.schema_version select 2 where not exists (select from {Name}.schema_version);
        create table if not exists {Name}.lineage_events (
            id bigint generated always as identity primary key,
            digest bytea not null unique,
            event_time timestamptz not null,
            received_at timestamptz not null,
            event text not null
        );
        create index if not exists lineage_events_by_time on {Name}.lineage_events (event_time, id);
        create table if not exists {Name}.namespaces (name text primary key, created_at timestamptz not null, updated_at timestamptz not null);
        create table if not exists {Name}.jobs (
            namespace text not null,
            name text not null,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            facets text not null,
            primary key (namespace, name)
        );
        alter table {Name}.jobs add column if not exists io_run uuid, add column if not exists io_time timestamptz;
        create table if not exists {Name}.runs (
            id uuid primary key,
            job_namespace text not null,
            job_name text not null,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            state text not null,
            ended_at timestamptz,
            facets text not null
        );
        create index if not exists runs_by_job on {Name}.runs (job_namespace, job_name, created_at desc);
        create table if not exists {Name}.datasets (
            namespace text not null,
            name text not null,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            facets text not null,
            primary key (namespace, name)
        );
        create table if not exists {Name}.dataset_versions (
            namespace text not null,
            name text not null,
            version uuid not null,
            created_at timestamptz not null,
            run_id uuid,
            facets text not null,
            primary key (namespace, name, version)
        );
        create table if not exists {Name}.job_io (
            job_namespace text not null,
            job_name text not null,
            run_id uuid not null,
            dataset_namespace text not null,
            dataset_name text not null,
            is_output boolean not null,
            event_time timestamptz not null,
            facets text not null,
            primary key (job_namespace, job_name, run_id, dataset_namespace, dataset_name, is_output)
        );
        create index if not exists job_io_by_dataset on {Name}.job_io (dataset_namespace, dataset_name);
        create table if not exists {Name}.column_edges (
            namespace text not null,
            dataset text not null,
            field text not null,
            input_namespace text not null,
            input_dataset text not null,
            input_field text not null,
            primary key (namespace, dataset, field, input_namespace, input_dataset, input_field)
        );
        create index if not exists column_edges_by_input on {Name}.column_edges (input_namespace, input_dataset, input_field);
        create index if not exists dataset_versions_by_time on {Name}.dataset_versions (namespace, name, created_at desc);
        create index if not exists job_io_by_run on {Name}.job_io (run_id);
        create or replace view {Name}.current_io as
            select io.* from {Name}.job_io io join {Name}.jobs j on j.namespace = io.job_namespace and j.name = io.job_name and j.io_run = io.run_id;
        """;

    // The run that a job's present datasets come from was looked for with every question, and facets of datasets in runs had no times.
    private const string FromVersion1 = $$"""
        update {{Name}}.jobs j set io_run = newest.run_id, io_time = newest.event_time
        from (select distinct on (job_namespace, job_name) job_namespace, job_name, run_id, event_time from {{Name}}.job_io order by job_namespace, job_name, event_time desc, run_id desc) newest
        where newest.job_namespace = j.namespace and newest.job_name = j.name;
        update {{Name}}.job_io set facets = coalesce((
            select jsonb_object_agg(f.key, jsonb_build_object('at', to_char(event_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'facet', f.value)) from jsonb_each(facets::jsonb) f), '{}')::text;
        update {{Name}}.schema_version set version = 2;
        """;

    /// <summary>Creates what is missing, inside the caller's transaction, while every other starting process waits.</summary>
    /// <exception cref="ConfigurationException">The tables were written by a newer version.</exception>
    public static async Task EnsureAsync(Statements statements, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync("select pg_advisory_xact_lock($1)", cancellationToken, Lock);
        await statements.ExecuteAsync(Tables, cancellationToken);
        var found = await statements.CountAsync($"select version::bigint from {Name}.schema_version", cancellationToken);
        if (found == 1)
            await statements.ExecuteAsync(FromVersion1, cancellationToken);
        if (found > Version)
            throw new ConfigurationException($"The schema {Name} of the database has version {found}, this server knows version {Version}; start a newer server or give it another database.");
    }
}
