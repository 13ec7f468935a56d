using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Schedule;
using Npgsql;
using NpgsqlTypes;

namespace Floe.SeedWorker.Jobs;

/// <summary>Runs and their steps in PostgreSQL. Safe for several workers on one database.</summary>
public sealed class RunStore(NpgsqlDataSource database, TimeProvider time)
{
    // Any number, as long as no other program in this database uses it.
    private const long SchemaLock = 7_020_001;
    private const long AddLock = 7_020_003;

    private const string Columns = "id, job, state, parameters::text, trigger, created_at, started_at, finished_at, error, trace_id, failures::text, next_attempt_at, trace_parent, last_span, idempotency_key";

    /// <summary>Creates the tables when they are not there.</summary>
    public async Task EnsureSchemaAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand($"""
            select pg_advisory_xact_lock({SchemaLock});
            create table if not exists runs (
                id uuid primary key,
                job text not null,
                state text not null check (state in ('pending', 'running', 'completed', 'failed')),
                parameters jsonb not null,
                idempotency_key text,
                trigger text not null,
                created_at timestamptz not null,
                started_at timestamptz,
                finished_at timestamptz,
                error text,
                trace_id text,
                unique (job, idempotency_key)
            );
            alter table runs add column if not exists failures jsonb not null default '[]', add column if not exists next_attempt_at timestamptz,
                add column if not exists trace_parent text, add column if not exists last_span text;
            create index if not exists runs_open on runs (id) where state in ('pending', 'running');
            create table if not exists run_steps (
                run_id uuid not null references runs on delete cascade,
                ordinal int not null,
                name text not null,
                state text not null check (state in ('running', 'completed', 'failed')),
                rows bigint,
                detail text,
                error text,
                started_at timestamptz not null,
                duration_ms double precision,
                primary key (run_id, ordinal)
            );
            """, connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Adds a pending run, which goes on in the trace that is open here; with an idempotency key that was used before, gives the run of then.</summary>
    /// <exception cref="IdempotencyConflictException">That run has other parameters.</exception>
    public async Task<Run> AddAsync(string job, JsonObject parameters, string trigger, string? idempotencyKey, CancellationToken ct)
    {
        var text = parameters.ToJsonString();
        await using (var insert = database.CreateCommand("""
            insert into runs (id, job, state, parameters, idempotency_key, trigger, created_at, trace_parent, trace_id)
            values ($1, $2, 'pending', $3::jsonb, $4, $5, $6, $7, $8) on conflict (job, idempotency_key) do nothing
            """))
        {
            var id = Guid.CreateVersion7(time.GetUtcNow());
            insert.Parameters.Add(new() { Value = id });
            insert.Parameters.Add(new() { Value = job });
            insert.Parameters.Add(new() { Value = text });
            insert.Parameters.Add(new() { Value = (object?)idempotencyKey ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            insert.Parameters.Add(new() { Value = trigger });
            insert.Parameters.Add(new() { Value = time.GetUtcNow() });
            AddTrace(insert.Parameters);
            if (await insert.ExecuteNonQueryAsync(ct) == 1)
                return (await FindAsync(id, ct))!;
        }

        await using var find = database.CreateCommand("select id from runs where job = $1 and idempotency_key = $2");
        find.Parameters.Add(new() { Value = job });
        find.Parameters.Add(new() { Value = idempotencyKey! });
        var earlier = (await FindAsync((Guid)(await find.ExecuteScalarAsync(ct))!, ct))!;
        return JsonNode.DeepEquals(earlier.Parameters, parameters) ? earlier : throw new IdempotencyConflictException(idempotencyKey!, job);
    }

    /// <summary>A run with its steps, or null.</summary>
    public async Task<Run?> FindAsync(Guid id, CancellationToken ct)
    {
        Run run;
        await using (var command = database.CreateCommand($"select {Columns} from runs where id = $1"))
        {
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (!await reader.ReadAsync(ct))
                return null;
            run = Read(reader);
        }

        return run with { Steps = await StepsAsync(id, ct) };
    }

    /// <summary>The latest runs, newest first, without their steps.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(int limit, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"select {Columns} from runs order by id desc limit $1");
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var runs = new List<Run>();
        while (await reader.ReadAsync(ct))
            runs.Add(Read(reader));
        return runs;
    }

    /// <summary>Takes the oldest pending run that waits for nothing and makes it running; null when there is none.</summary>
    public async Task<Run?> TakeAsync(CancellationToken ct)
    {
        Guid id;
        await using (var command = database.CreateCommand("""
            update runs set state = 'running', started_at = $1, finished_at = null, error = null, next_attempt_at = null
            where id = (select id from runs where state = 'pending' and (next_attempt_at is null or next_attempt_at <= $1) order by id limit 1 for update skip locked) returning id
            """))
        {
            command.Parameters.Add(new() { Value = time.GetUtcNow() });
            if (await command.ExecuteScalarAsync(ct) is not Guid taken)
                return null;
            id = taken;
        }

        // A run that is taken up again starts its steps anew; what it committed before is seen in the tables.
        await using var clear = database.CreateCommand("delete from run_steps where run_id = $1");
        clear.Parameters.Add(new() { Value = id });
        await clear.ExecuteNonQueryAsync(ct);
        return await FindAsync(id, ct);
    }

    /// <summary>Makes runs pending again that a worker left running. Only for the one worker that holds the runner's lock.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RecoverAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("update runs set state = 'pending' where state = 'running'");
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether a run of the job waits or works.</summary>
    public async Task<bool> IsOpenAsync(string job, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select exists (select from runs where job = $1 and state in ('pending', 'running'))");
        command.Parameters.Add(new() { Value = job });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Adds a pending run without parameters unless one of the job waits or works, whoever tries at the same time.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddUnlessOpenAsync(string job, string trigger, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Before the insert looks: its snapshot must have what another has just added.
        await using (var turn = new NpgsqlCommand($"select pg_advisory_xact_lock({AddLock})", connection, transaction))
            await turn.ExecuteNonQueryAsync(ct);
        await using var insert = new NpgsqlCommand("""
            insert into runs (id, job, state, parameters, trigger, created_at, trace_parent, trace_id) select $1, $2, 'pending', '{}'::jsonb, $3, $4, $5, $6
            where not exists (select from runs where job = $2 and state in ('pending', 'running'))
            """, connection, transaction);
        insert.Parameters.Add(new() { Value = Guid.CreateVersion7(time.GetUtcNow()) });
        insert.Parameters.Add(new() { Value = job });
        insert.Parameters.Add(new() { Value = trigger });
        insert.Parameters.Add(new() { Value = time.GetUtcNow() });
        AddTrace(insert.Parameters);
        var added = await insert.ExecuteNonQueryAsync(ct) == 1;
        await transaction.CommitAsync(ct);
        return added;
    }

    /// <summary>Notes the span of an attempt. Where nobody noted what asked for the run, later attempts go on where this one is.</summary>
    public async Task SetTraceAsync(Guid id, Activity attempt, CancellationToken ct)
    {
        await using var command = database.CreateCommand("update runs set trace_id = $2, last_span = $3, trace_parent = coalesce(trace_parent, $3) where id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = attempt.TraceId.ToString() });
        command.Parameters.Add(new() { Value = attempt.Id! });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Ends a run, completed or with an error.</summary>
    public async Task FinishAsync(Guid id, string? error, CancellationToken ct)
    {
        await using var command = database.CreateCommand("update runs set state = $2, finished_at = $3, error = $4 where id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = error is null ? "completed" : "failed" });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Makes a run whose attempt failed pending again, not to begin before <paramref name="next"/>.</summary>
    public async Task RetryAsync(Run run, string error, DateTimeOffset next, CancellationToken ct)
    {
        await using var command = database.CreateCommand("update runs set state = 'pending', next_attempt_at = $2, error = $3, failures = $4::jsonb where id = $1");
        command.Parameters.Add(new() { Value = run.Id });
        command.Parameters.Add(new() { Value = next });
        command.Parameters.Add(new() { Value = error });
        List<RunFailure> failures = [.. run.Failures, new RunFailure(run.Attempt, time.GetUtcNow(), error)];
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(failures, JobsJson.Readable.ListRunFailure) });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>When the first of the runs that wait for their next attempt may begin; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextAttemptAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select min(next_attempt_at) from runs where state = 'pending'");
        return await command.ExecuteScalarAsync(ct) is DateTime next ? new DateTimeOffset(next, TimeSpan.Zero) : null;
    }

    /// <summary>Notes how many runs wait, as a metric.</summary>
    public async Task MeasureAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select count(*) from runs where state = 'pending'");
        Telemetry.QueueDepth.Record((long)(await command.ExecuteScalarAsync(ct))!);
    }

    /// <summary>When the oldest run was asked for that waits or works; null when none does.</summary>
    public async Task<DateTimeOffset?> OldestOpenAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select min(created_at) from runs where state in ('pending', 'running')");
        return await command.ExecuteScalarAsync(ct) is DateTime oldest ? new DateTimeOffset(oldest, TimeSpan.Zero) : null;
    }

    /// <summary>Counts, or removes, runs that ended before a time. Their idempotency keys go with them.</summary>
    /// <returns>How many.</returns>
    public async Task<long> PruneAsync(DateTimeOffset endedBefore, bool dryRun, CancellationToken ct)
    {
        const string Which = "state in ('completed', 'failed') and finished_at < $1";
        await using var command = database.CreateCommand(dryRun ? $"select count(*) from runs where {Which}" : $"with gone as (delete from runs where {Which} returning 1) select count(*) from gone");
        command.Parameters.Add(new() { Value = endedBefore });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Writes a step's state.</summary>
    public async Task SaveStepAsync(Guid runId, int ordinal, RunStep step, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            insert into run_steps (run_id, ordinal, name, state, rows, detail, error, started_at, duration_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (run_id, ordinal) do update
            set state = excluded.state, rows = excluded.rows, detail = excluded.detail, error = excluded.error, duration_ms = excluded.duration_ms
            """);
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = ordinal });
        command.Parameters.Add(new() { Value = step.Name });
        command.Parameters.Add(new() { Value = Text(step.State) });
        command.Parameters.Add(new() { Value = (object?)step.Rows ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)step.Detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)step.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = step.StartedAt });
        command.Parameters.Add(new() { Value = (object?)step.DurationMs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void AddTrace(NpgsqlParameterCollection parameters)
    {
        var parent = Telemetry.Parent;
        parameters.Add(new() { Value = (object?)parent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new() { Value = parent is null ? DBNull.Value : Activity.Current!.TraceId.ToString(), NpgsqlDbType = NpgsqlDbType.Text });
    }

    private async Task<IReadOnlyList<RunStep>> StepsAsync(Guid id, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select name, state, rows, detail, error, started_at, duration_ms from run_steps where run_id = $1 order by ordinal");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var steps = new List<RunStep>();
        while (await reader.ReadAsync(ct))
        {
            steps.Add(new RunStep(
                reader.GetString(0), State(reader.GetString(1)), reader.IsDBNull(2) ? null : reader.GetInt64(2), Optional(reader, 3), Optional(reader, 4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(6) ? null : reader.GetDouble(6)));
        }

        return steps;
    }

    private static Run Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Job = reader.GetString(1),
        State = State(reader.GetString(2)),
        Parameters = (JsonObject)JsonNode.Parse(reader.GetString(3))!,
        Trigger = reader.GetString(4),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
        StartedAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
        FinishedAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
        Error = Optional(reader, 8),
        TraceId = Optional(reader, 9),
        Failures = JsonSerializer.Deserialize(reader.GetString(10), JobsJson.Readable.ListRunFailure)!,
        NextAttemptAt = reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
        TraceParent = Optional(reader, 12),
        LastSpan = Optional(reader, 13),
        Schedule = reader.GetString(4) == ScheduledRun.Trigger ? Optional(reader, 14) : null,
    };

    private static string? Optional(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static RunState State(string text) => text switch
    {
        "pending" => RunState.Pending,
        "running" => RunState.Running,
        "completed" => RunState.Completed,
        _ => RunState.Failed,
    };

    private static string Text(RunState state) => state switch
    {
        RunState.Pending => "pending",
        RunState.Running => "running",
        RunState.Completed => "completed",
        _ => "failed",
    };
}
