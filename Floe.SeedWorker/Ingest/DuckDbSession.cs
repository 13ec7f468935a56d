using System.Globalization;
using DuckDB.NET.Data;

namespace Floe.SeedWorker.Ingest;

/// <summary>DuckDB databases in memory, for one piece of work.</summary>
internal static class DuckDbSession
{
    private const long Largest = 1_000_000_000;
    private const long Least = 64_000_000;

    private static int s_count;

    /// <summary>
    /// Bytes that a database may use before it goes to disk: all together half of what this process may have, which is a container's limit (three quarters of
    /// it, as .NET reckons) or the machine's memory.
    /// </summary>
    /// <param name="available">What the process may have.</param>
    /// <param name="sessions">Databases that work side by side.</param>
    public static long MemoryLimit(long available, int sessions) => Math.Clamp(available / 2 / sessions, Least, Largest);

    /// <summary>Opens an empty database. Sessions are in UTC whatever the machine's time zone is; DuckDB fetches no extensions.</summary>
    /// <param name="ct">Stops the opening.</param>
    /// <param name="threads">Of the database.</param>
    /// <param name="sessions">Databases that work side by side with it, itself counted.</param>
    public static async Task<DuckDBConnection> OpenAsync(CancellationToken ct, int threads = 1, int sessions = 1)
    {
        // What does not fit goes to disk; the machine is shared with the store, the catalog and the query service. A folder of its own for each
        // database: DuckDB numbers its files from 0 in every one, and makes and removes the folder itself.
        var spill = Path.Combine(Path.GetTempPath(), $"floe-duckdb-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        var db = new DuckDBConnection($"Data Source=:memory:;threads={threads};memory_limit={MemoryLimit(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, sessions)}B;temp_directory={spill};autoinstall_known_extensions=false;autoload_known_extensions=false");
        try
        {
            await db.OpenAsync(ct);
            await using var command = db.CreateCommand();
            command.CommandText = "set TimeZone = 'UTC'";
            await command.ExecuteNonQueryAsync(ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes a statement.</summary>
    public static async Task ExecuteAsync(this DuckDBConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The one number that a query gives.</summary>
    public static async Task<long> ScalarAsync(this DuckDBConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }
}
