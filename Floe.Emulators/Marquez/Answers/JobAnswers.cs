using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Store;
using Npgsql;

namespace Floe.Emulators.Marquez.Answers;

/// <summary>Namespaces, jobs and runs.</summary>
internal sealed class JobAnswers(MarquezDatabase database)
{
    private const string Schema = Fields.Schema;
    private const string Runs = $"select id, job_namespace, job_name, created_at, updated_at, state, ended_at, facets from {Schema}.runs";
    private const int LatestRuns = 10;

    // The state of the newest run of each job, for the filter lastRunStates.
    private const string Jobs = $"""
        from {Schema}.jobs j where ($1::text is null or j.namespace = $1) and ($2::text[] is null or $2 @> array(
            select r.state from {Schema}.runs r where r.job_namespace = j.namespace and r.job_name = j.name order by r.created_at desc, r.id limit 1)
            and exists (select from {Schema}.runs r where r.job_namespace = j.namespace and r.job_name = j.name))
        """;

    private sealed record JobRow(string Namespace, string Name, DateTime CreatedAt, DateTime UpdatedAt, string Facets);

    private sealed record RunRow(Guid Id, string JobNamespace, string JobName, DateTime CreatedAt, DateTime UpdatedAt, string State, DateTime? EndedAt, string Facets);

    private sealed record Io(Guid RunId, string Namespace, string Name, bool IsOutput, Guid? Version, string Facets);

    public async Task<JsonNode> NamespacesAsync(Parameters query, CancellationToken ct) => new JsonObject
    {
        ["namespaces"] = Fields.Array(await database.Direct.ListAsync(
            $"select name, created_at, updated_at from {Schema}.namespaces order by name limit $1 offset $2", Namespace, ct, query.Limit(), query.Offset)),
    };

    public async Task<JsonNode> NamespaceAsync(string name, CancellationToken ct) =>
        await database.Direct.FirstAsync($"select name, created_at, updated_at from {Schema}.namespaces where name = $1", Namespace, ct, name)
        ?? throw MarquezException.NotFound($"Namespace '{name}' not found.");

    /// <summary>Jobs, the last changed first.</summary>
    public async Task<JsonNode> ListAsync(string? ns, Parameters query, CancellationToken ct)
    {
        var states = query.Text("lastRunStates")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var rows = await database.Direct.ListAsync(
            $"select j.namespace, j.name, j.created_at, j.updated_at, j.facets {Jobs} order by j.updated_at desc, j.namespace, j.name limit $3 offset $4",
            Job, ct, ns, states, query.Limit(), query.Offset);
        return new JsonObject { ["jobs"] = Fields.Array(await DescribeAsync(rows, ct)), ["totalCount"] = await database.Direct.CountAsync($"select count(*) {Jobs}", ct, ns, states) };
    }

    public async Task<JsonObject> GetAsync(string ns, string name, CancellationToken ct) =>
        await FindAsync(ns, name, ct) ?? throw MarquezException.NotFound($"Job '{name}' not found.");

    /// <summary>The job, or null when only an event of another kind, or none, named it.</summary>
    public async Task<JsonObject?> FindAsync(string ns, string name, CancellationToken ct) =>
        (await FindAsync([new(NodeKind.Job, ns, name)], ct)).Values.FirstOrDefault();

    /// <summary>Those of the jobs that there are.</summary>
    public async Task<IReadOnlyDictionary<NodeId, JsonObject>> FindAsync(IReadOnlyList<NodeId> nodes, CancellationToken ct)
    {
        var rows = await database.Direct.ListAsync(
            $"select namespace, name, created_at, updated_at, facets from {Schema}.jobs where (namespace, name) in (select * from unnest($1::text[], $2::text[]))",
            Job, ct, nodes.Select(n => n.Namespace).ToArray(), nodes.Select(n => n.Name).ToArray());
        return rows.Zip(await DescribeAsync(rows, ct)).ToDictionary(pair => new NodeId(NodeKind.Job, pair.First.Namespace, pair.First.Name), pair => pair.Second);
    }

    public async Task<JsonNode> RunsAsync(string ns, string name, Parameters query, CancellationToken ct)
    {
        await GetAsync(ns, name, ct);
        var rows = await database.Direct.ListAsync(
            $"{Runs} where job_namespace = $1 and job_name = $2 order by created_at desc, id limit $3 offset $4", Run, ct, ns, name, query.Limit(), query.Offset);
        return new JsonObject
        {
            ["runs"] = Fields.Array(await DescribeAsync(rows, ct)),
            ["totalCount"] = await database.Direct.CountAsync($"select count(*) from {Schema}.runs where job_namespace = $1 and job_name = $2", ct, ns, name),
        };
    }

    public async Task<JsonNode> RunAsync(Guid id, CancellationToken ct) => (await DescribeAsync([await RowAsync(id, ct)], ct))[0];

    /// <summary>Those of the runs that there are.</summary>
    public async Task<IReadOnlyDictionary<Guid, JsonObject>> FindRunsAsync(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var rows = await database.Direct.ListAsync($"{Runs} where id = any($1)", Run, ct, ids.ToArray());
        return rows.Zip(await DescribeAsync(rows, ct)).ToDictionary(pair => pair.First.Id, pair => pair.Second);
    }

    /// <summary>Facets of the run, or with <c>type=job</c> of its job.</summary>
    public async Task<JsonNode> RunFacetsAsync(Guid id, Parameters query, CancellationToken ct)
    {
        var row = await RowAsync(id, ct);
        var facets = query.Required("type") switch
        {
            "run" => row.Facets,
            "job" => await database.Direct.FirstAsync($"select facets from {Schema}.jobs where namespace = $1 and name = $2", r => r.GetString(0), ct, row.JobNamespace, row.JobName),
            var other => throw MarquezException.BadRequest($"The parameter type={other} must be run or job"),
        };
        return new JsonObject { ["runId"] = id, ["facets"] = TimedFacets.Parse(facets).Current };
    }

    private static JsonObject Namespace(NpgsqlDataReader row) => new()
    {
        ["name"] = row.GetString(0),
        ["createdAt"] = Fields.Time(row.GetDateTime(1)),
        ["updatedAt"] = Fields.Time(row.GetDateTime(2)),
        ["ownerName"] = "anonymous",
        ["description"] = null,
        ["isHidden"] = false,
    };

    private static JobRow Job(NpgsqlDataReader r) => new(r.GetString(0), r.GetString(1), r.GetDateTime(2), r.GetDateTime(3), r.GetString(4));

    private static RunRow Run(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetDateTime(3), r.GetDateTime(4), r.GetString(5), r.IsDBNull(6) ? null : r.GetDateTime(6), r.GetString(7));

    private async Task<RunRow> RowAsync(Guid id, CancellationToken ct) =>
        await database.Direct.FirstAsync($"{Runs} where id = $1", Run, ct, id) ?? throw MarquezException.NotFound($"Run '{id}' not found.");

    /// <summary>The jobs as they are answered, in the same order; three queries however many there are.</summary>
    private async Task<IReadOnlyList<JsonObject>> DescribeAsync(IReadOnlyList<JobRow> jobs, CancellationToken ct)
    {
        var (namespaces, names) = (jobs.Select(j => j.Namespace).ToArray(), jobs.Select(j => j.Name).ToArray());
        var io = (await database.Direct.ListAsync(
            $"""
            select job_namespace, job_name, dataset_namespace, dataset_name, is_output from {Schema}.current_io
            where (job_namespace, job_name) in (select * from unnest($1::text[], $2::text[])) order by 3, 4
            """,
            r => (Job: (r.GetString(0), r.GetString(1)), Namespace: r.GetString(2), Name: r.GetString(3), IsOutput: r.GetBoolean(4)), ct, namespaces, names)).ToLookup(i => i.Job);
        var rows = await database.Direct.ListAsync(
            $"""
            select r.* from unnest($1::text[], $2::text[]) j (namespace, name)
            cross join lateral ({Runs} where job_namespace = j.namespace and job_name = j.name order by created_at desc, id limit $3) r
            """,
            Run, ct, namespaces, names, LatestRuns);
        var runs = rows.Zip(await DescribeAsync(rows, ct)).ToLookup(pair => (pair.First.JobNamespace, pair.First.JobName), pair => pair.Second);
        return [.. jobs.Select(job => Describe(
            job, [.. io[(job.Namespace, job.Name)].Where(i => !i.IsOutput).Select(i => Fields.Id(i.Namespace, i.Name))],
            [.. io[(job.Namespace, job.Name)].Where(i => i.IsOutput).Select(i => Fields.Id(i.Namespace, i.Name))], [.. runs[(job.Namespace, job.Name)]]))];
    }

    private static JsonObject Describe(JobRow job, IReadOnlyList<JsonObject> inputs, IReadOnlyList<JsonObject> outputs, IReadOnlyList<JsonObject> runs)
    {
        var facets = TimedFacets.Parse(job.Facets);
        return new()
        {
            ["id"] = Fields.Id(job.Namespace, job.Name),
            ["type"] = Fields.Text(facets, "jobType", "processingType")?.ToUpperInvariant() switch { "STREAMING" => "STREAM", "SERVICE" => "SERVICE", _ => "BATCH" },
            ["name"] = job.Name,
            ["simpleName"] = job.Name,
            ["parentJobName"] = runs is [var last, ..] ? last["facets"]?["parent"]?["job"]?["name"]?.DeepClone() : null,
            ["namespace"] = job.Namespace,
            ["createdAt"] = Fields.Time(job.CreatedAt),
            ["updatedAt"] = Fields.Time(job.UpdatedAt),
            ["inputs"] = Fields.Array(inputs),
            ["outputs"] = Fields.Array(outputs),
            ["location"] = Fields.Text(facets, "sourceCodeLocation", "url"),
            ["description"] = Fields.Text(facets, "documentation", "description"),
            ["latestRun"] = runs is [var newest, ..] ? newest.DeepClone() : null,
            ["latestRuns"] = Fields.Array(runs),
            ["tags"] = new JsonArray(),
            ["facets"] = facets.Current,
        };
    }

    /// <summary>The runs as they are answered, in the same order.</summary>
    private async Task<IReadOnlyList<JsonObject>> DescribeAsync(IReadOnlyList<RunRow> runs, CancellationToken ct)
    {
        // The version that a run wrote is its own; the one that it read is the newest that was there when it began.
        var io = (await database.Direct.ListAsync(
            $"""
            select io.run_id, io.dataset_namespace, io.dataset_name, io.is_output, io.facets, case
                when io.is_output then (select v.version from {Schema}.dataset_versions v
                    where v.namespace = io.dataset_namespace and v.name = io.dataset_name and v.run_id = io.run_id order by v.created_at desc limit 1)
                else (select v.version from {Schema}.dataset_versions v
                    where v.namespace = io.dataset_namespace and v.name = io.dataset_name and v.created_at <= r.created_at order by v.created_at desc limit 1) end
            from {Schema}.job_io io join {Schema}.runs r on r.id = io.run_id
            where io.run_id = any($1) order by 2, 3
            """,
            r => new Io(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.IsDBNull(5) ? null : r.GetGuid(5), r.GetString(4)),
            ct, runs.Select(run => run.Id).ToArray())).ToLookup(i => i.RunId);
        return [.. runs.Select(run => Describe(run, io[run.Id]))];
    }

    private static JsonObject Describe(RunRow run, IEnumerable<Io> io)
    {
        var facets = TimedFacets.Parse(run.Facets);
        return new()
        {
            ["id"] = run.Id,
            ["createdAt"] = Fields.Time(run.CreatedAt),
            ["updatedAt"] = Fields.Time(run.UpdatedAt),
            ["nominalStartTime"] = Fields.Text(facets, "nominalTime", "nominalStartTime"),
            ["nominalEndTime"] = Fields.Text(facets, "nominalTime", "nominalEndTime"),
            ["state"] = run.State,
            ["startedAt"] = Fields.Time(run.CreatedAt),
            ["endedAt"] = run.EndedAt is { } ended ? Fields.Time(ended) : null,
            ["durationMs"] = run.EndedAt is { } end ? (long)(end - run.CreatedAt).TotalMilliseconds : null,
            ["args"] = new JsonObject(),
            ["job"] = Fields.Id(run.JobNamespace, run.JobName),
            ["inputDatasetVersions"] = Versions(io.Where(i => !i.IsOutput)),
            ["outputDatasetVersions"] = Versions(io.Where(i => i.IsOutput)),
            ["facets"] = facets.Current,
        };
    }

    private static JsonArray Versions(IEnumerable<Io> io) => Fields.Array(io.Where(i => i.Version is not null).Select(i => new JsonObject
    {
        ["datasetVersionId"] = new JsonObject { ["namespace"] = i.Namespace, ["name"] = i.Name, ["version"] = i.Version },
        ["facets"] = TimedFacets.Parse(i.Facets).Current,
    }));
}
