using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>The record of ended runs as CSV files of PostgreSQL's COPY.</summary>
public sealed class RunRecords(NpgsqlDataSource database)
{
    private const string Runs = "id, job, state, parameters, idempotency_key, trigger, created_at, started_at, finished_at, error, trace_id, failures, next_attempt_at";
    private const string Steps = "run_id, ordinal, name, state, rows, detail, error, started_at, duration_ms";

    /// <summary>Writes the runs that have ended, with their steps.</summary>
    /// <returns>How many runs.</returns>
    public async Task<long> SaveAsync(string folder, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        const string Ended = "select id from runs where state in ('completed', 'failed')";
        await OutAsync(connection, $"select {Runs} from runs where id in ({Ended}) order by id", RunsFile(folder), ct);
        await OutAsync(connection, $"select {Steps} from run_steps where run_id in ({Ended}) order by run_id, ordinal", StepsFile(folder), ct);
        await using var count = new NpgsqlCommand($"select count(*) from ({Ended})", connection, transaction);
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Adds the runs that are not known.</summary>
    /// <returns>How many.</returns>
    public async Task<long> AddAsync(string folder, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var tables = new NpgsqlCommand("create temp table saved_runs (like runs including defaults) on commit drop; create temp table saved_steps (like run_steps including defaults) on commit drop", connection, transaction))
            await tables.ExecuteNonQueryAsync(ct);
        await InAsync(connection, $"saved_runs ({Runs})", RunsFile(folder), ct);
        await InAsync(connection, $"saved_steps ({Steps})", StepsFile(folder), ct);
        await using var merge = new NpgsqlCommand($"""
            delete from saved_runs s using runs r where r.id = s.id or (r.job = s.job and r.idempotency_key = s.idempotency_key);
            insert into runs ({Runs}) select {Runs} from saved_runs;
            insert into run_steps ({Steps}) select {Steps} from saved_steps where run_id in (select id from saved_runs);
            select count(*) from saved_runs
            """, connection, transaction);
        var added = (long)(await merge.ExecuteScalarAsync(ct))!;
        await transaction.CommitAsync(ct);
        return added;
    }

    private static string RunsFile(string folder) => Path.Combine(folder, "runs.csv");

    private static string StepsFile(string folder) => Path.Combine(folder, "run_steps.csv");

    private static async Task OutAsync(NpgsqlConnection connection, string query, string path, CancellationToken ct)
    {
        await using var target = new StreamWriter(path);
        using var rows = await connection.BeginTextExportAsync($"copy ({query}) to stdout (format csv, header)", ct);
        await CopyAsync(rows, target, ct);
    }

    private static async Task InAsync(NpgsqlConnection connection, string table, string path, CancellationToken ct)
    {
        using var source = new StreamReader(path);
        await using var rows = await connection.BeginTextImportAsync($"copy {table} from stdin (format csv, header match)", ct);
        await CopyAsync(source, rows, ct);
    }

    private static async Task CopyAsync(TextReader from, TextWriter to, CancellationToken ct)
    {
        var buffer = new char[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
    }
}
