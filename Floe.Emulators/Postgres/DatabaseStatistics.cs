using Npgsql;

namespace Floe.Emulators.Postgres;

/// <summary>What PostgreSQL counts of one database (pg_stat_database), and its size.</summary>
/// <param name="Backends">Processes that serve the database now.</param>
/// <param name="Commits">Committed transactions since the statistics began, as are the counts that follow.</param>
/// <param name="BlocksHit">Blocks of 8 KiB found in the buffer cache.</param>
/// <param name="BlocksRead">Blocks of 8 KiB that were not.</param>
/// <param name="Size">Bytes on disk.</param>
internal sealed record DatabaseStatistics(string Database, long Backends, long Commits, long Rollbacks, long BlocksHit, long BlocksRead, long Deadlocks, long Size)
{
    // By oid: a size of null, not an error, for a database that was dropped in the meantime.
    private const string Query = """
        select d.datname, s.numbackends, s.xact_commit, s.xact_rollback, s.blks_hit, s.blks_read, s.deadlocks, coalesce(pg_database_size(d.oid), 0)
        from pg_database d join pg_stat_database s on s.datid = d.oid
        where d.datallowconn and not d.datistemplate
        """;

    /// <summary>One row per database that is no template.</summary>
    /// <exception cref="NpgsqlException">The connection broke, or the server refuses.</exception>
    public static async Task<IReadOnlyList<DatabaseStatistics>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Query, connection) { CommandTimeout = (int)ServerMetrics.Interval.TotalSeconds };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        List<DatabaseStatistics> databases = [];
        while (await row.ReadAsync(cancellationToken))
            databases.Add(new(row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)));
        return databases;
    }
}
