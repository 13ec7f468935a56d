using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Page;

namespace Floe.Emulators.Marquez.Store;

/// <summary>
/// Takes events in: the event itself, and what follows from it for namespaces, jobs, runs, datasets and edges. All of it in one transaction;
/// an event that is there already changes nothing, and the result does not depend on the order in which events come.
/// </summary>
internal sealed class EventIntake(MarquezDatabase database, ChangeStream changes, TimeProvider time)
{
    private const string Schema = StoreSchema.Name;
    private const string ColumnLineage = "columnLineage";

    public async Task ReceiveAsync(LineageEvent lineage, CancellationToken cancellationToken)
    {
        await database.TransactionAsync(statements => ReceiveAsync(statements, lineage, cancellationToken), cancellationToken);
        changes.Tell();
    }

    private async Task ReceiveAsync(Statements statements, LineageEvent lineage, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync("select pg_advisory_xact_lock($1)", cancellationToken, StoreSchema.Lock);
        var added = await statements.ExecuteAsync(
            $"insert into {Schema}.lineage_events (digest, event_time, received_at, event) values ($1, $2, $3, $4) on conflict (digest) do nothing",
            cancellationToken, lineage.Digest, lineage.Time, time.GetUtcNow(), lineage.Text);
        if (added > 0)
            await ApplyAsync(statements, lineage, cancellationToken);
    }

    private static async Task ApplyAsync(Statements statements, LineageEvent lineage, CancellationToken ct)
    {
        foreach (var name in lineage.Datasets.Select(d => d.Namespace).Append(lineage.Job?.Namespace).OfType<string>().Distinct())
        {
            await statements.ExecuteAsync(
                $"""
                insert into {Schema}.namespaces values ($1, $2, $2)
                on conflict (name) do update set created_at = least(namespaces.created_at, $2), updated_at = greatest(namespaces.updated_at, $2)
                """,
                ct, name, lineage.Time);
        }

        if (lineage.Job is { } job)
            await ApplyJobAsync(statements, job, lineage, ct);
        if (lineage is { Run: { } run, Job: { } of })
            await ApplyRunAsync(statements, run, of, lineage, ct);
        foreach (var dataset in lineage.Datasets)
            await ApplyDatasetAsync(statements, dataset, lineage, ct);
    }

    private static async Task ApplyJobAsync(Statements statements, JobReference job, LineageEvent lineage, CancellationToken ct)
    {
        var facets = TimedFacets.Parse(await statements.FirstAsync($"select facets from {Schema}.jobs where namespace = $1 and name = $2", r => r.GetString(0), ct, job.Namespace, job.Name));
        facets.Merge(job.Facets, lineage.Time);
        await statements.ExecuteAsync(
            $"""
            insert into {Schema}.jobs (namespace, name, created_at, updated_at, facets) values ($1, $2, $3, $3, $4)
            on conflict (namespace, name) do update
            set created_at = least(jobs.created_at, $3), updated_at = greatest(jobs.updated_at, $3), facets = $4
            """,
            ct, job.Namespace, job.Name, lineage.Time, facets.ToString());
        // A job's datasets are those of the run that was the last to name any.
        if (lineage.Datasets.Count > 0)
        {
            await statements.ExecuteAsync(
                $"update {Schema}.jobs set io_time = $3, io_run = $4 where namespace = $1 and name = $2 and (io_time is null or (io_time, io_run) < ($3, $4))",
                ct, job.Namespace, job.Name, lineage.Time, lineage.Run?.Id ?? Guid.Empty);
        }
    }

    private static async Task ApplyRunAsync(Statements statements, RunReference run, JobReference job, LineageEvent lineage, CancellationToken ct)
    {
        var facets = TimedFacets.Parse(await statements.FirstAsync($"select facets from {Schema}.runs where id = $1", r => r.GetString(0), ct, run.Id));
        facets.Merge(run.Facets, lineage.Time);
        // An end stays an end when another event comes late; of two ends the later one holds, whichever comes last.
        await statements.ExecuteAsync(
            $"""
            insert into {Schema}.runs values ($1, $2, $3, $4, $4, $5, $6::timestamptz, $7)
            on conflict (id) do update
            set created_at = least(runs.created_at, $4), updated_at = greatest(runs.updated_at, $4), facets = $7,
                state = case when runs.ended_at is null or ($6::timestamptz, $5) > (runs.ended_at, runs.state) then case when $6::timestamptz is null then runs.state else $5 end else runs.state end,
                ended_at = greatest(runs.ended_at, $6::timestamptz)
            """,
            ct, run.Id, job.Namespace, job.Name, lineage.Time, run.State, run.IsEnd ? lineage.Time : null, facets.ToString());
    }

    private static async Task ApplyDatasetAsync(Statements statements, DatasetReference dataset, LineageEvent lineage, CancellationToken ct)
    {
        var facets = TimedFacets.Parse(await statements.FirstAsync(
            $"select facets from {Schema}.datasets where namespace = $1 and name = $2", r => r.GetString(0), ct, dataset.Namespace, dataset.Name));
        var taken = facets.Merge(dataset.Facets, lineage.Time);
        await statements.ExecuteAsync(
            $"""
            insert into {Schema}.datasets values ($1, $2, $3, $3, $4)
            on conflict (namespace, name) do update
            set created_at = least(datasets.created_at, $3), updated_at = greatest(datasets.updated_at, $3), facets = $4
            """,
            ct, dataset.Namespace, dataset.Name, lineage.Time, facets.ToString());

        await ApplyVersionAsync(statements, dataset, lineage, ct);
        if (lineage.Job is { } job)
        {
            var run = lineage.Run?.Id ?? Guid.Empty;
            var runFacets = TimedFacets.Parse(await statements.FirstAsync(
                $"""
                select facets from {Schema}.job_io
                where job_namespace = $1 and job_name = $2 and run_id = $3 and dataset_namespace = $4 and dataset_name = $5 and is_output = $6
                """,
                r => r.GetString(0), ct, job.Namespace, job.Name, run, dataset.Namespace, dataset.Name, dataset.IsOutput));
            runFacets.Merge(dataset.RunFacets, lineage.Time);
            await statements.ExecuteAsync(
                $"""
                insert into {Schema}.job_io values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (job_namespace, job_name, run_id, dataset_namespace, dataset_name, is_output) do update
                set event_time = greatest(job_io.event_time, $7), facets = $8
                """,
                ct, job.Namespace, job.Name, run, dataset.Namespace, dataset.Name, dataset.IsOutput, lineage.Time, runFacets.ToString());
        }

        if (taken.Contains(ColumnLineage))
            await ReplaceColumnEdgesAsync(statements, dataset, ct);
    }

    /// <summary>A run that writes a dataset makes one version of it, whatever its events are; a schema told without a run makes one per schema.</summary>
    private static async Task ApplyVersionAsync(Statements statements, DatasetReference dataset, LineageEvent lineage, CancellationToken ct)
    {
        var run = dataset.IsOutput ? lineage.Run?.Id : null;
        if (run is null && dataset.Facets["schema"] is null)
            return;
        var version = VersionOf(dataset.Namespace, dataset.Name, run?.ToString() ?? dataset.Facets["schema"]!["fields"]?.ToJsonString() ?? "");
        var facets = TimedFacets.Parse(await statements.FirstAsync(
            $"select facets from {Schema}.dataset_versions where namespace = $1 and name = $2 and version = $3", r => r.GetString(0), ct, dataset.Namespace, dataset.Name, version));
        facets.Merge(dataset.Facets, lineage.Time);
        await statements.ExecuteAsync(
            $"""
            insert into {Schema}.dataset_versions values ($1, $2, $3, $4, $5::uuid, $6)
            on conflict (namespace, name, version) do update set created_at = least(dataset_versions.created_at, $4), facets = $6
            """,
            ct, dataset.Namespace, dataset.Name, version, lineage.Time, run, facets.ToString());
    }

    private static async Task ReplaceColumnEdgesAsync(Statements statements, DatasetReference dataset, CancellationToken ct)
    {
        await statements.ExecuteAsync($"delete from {Schema}.column_edges where namespace = $1 and dataset = $2", ct, dataset.Namespace, dataset.Name);
        if (dataset.Facets[ColumnLineage]?["fields"] is not JsonObject fields)
            return;
        var edges = fields.SelectMany(field => (field.Value?["inputFields"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(input => (Field: field.Key, Namespace: TextOf(input, "namespace"), Name: TextOf(input, "name"), Input: TextOf(input, "field")))
            .Where(edge => edge is { Namespace: not null, Name: not null, Input: not null })).ToList();
        await statements.ExecuteAsync(
            $"insert into {Schema}.column_edges select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::text[]) on conflict do nothing",
            ct, dataset.Namespace, dataset.Name,
            edges.Select(e => e.Field).ToArray(), edges.Select(e => e.Namespace!).ToArray(), edges.Select(e => e.Name!).ToArray(), edges.Select(e => e.Input!).ToArray());
    }

    private static string? TextOf(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static Guid VersionOf(params ReadOnlySpan<string> parts) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!)))[..16]);
}
