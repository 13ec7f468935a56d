using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>Lets one worker of a database run jobs at a time: a lock that ends with the connection, so a worker that dies gives it up.</summary>
public sealed class RunnerLock(NpgsqlDataSource database) : IAsyncDisposable
{
    private const long Key = 7_020_002;

    private NpgsqlConnection? _connection;

    /// <summary>Whether this worker has the lock, or could take it now.</summary>
    public async Task<bool> HoldAsync(CancellationToken ct)
    {
        if (await IsHeldAsync(ct))
            return true;
        await DisposeAsync();

        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await using var take = new NpgsqlCommand($"select pg_try_advisory_lock({Key})", connection);
            if ((bool)(await take.ExecuteScalarAsync(ct))!)
            {
                _connection = connection;
                return true;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return false;
    }

    /// <summary>Whether the lock that was taken is still this worker's: its connection was not lost.</summary>
    public async Task<bool> IsHeldAsync(CancellationToken ct)
    {
        if (_connection is not { } held)
            return false;
        try
        {
            await using var alive = new NpgsqlCommand("select 1", held);
            await alive.ExecuteScalarAsync(ct);
            return true;
        }
        catch (Exception e) when (IsLost(e))
        {
            return false;
        }
    }

    /// <summary>Gives the lock up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } held)
            return;
        _connection = null;
        try
        {
            // A pooled connection is reset when it is used again, not when it is given back.
            await using var release = new NpgsqlCommand($"select pg_advisory_unlock({Key})", held);
            await release.ExecuteScalarAsync();
        }
        catch (Exception e) when (IsLost(e))
        {
            // The connection is gone, and the lock with it.
        }
        finally
        {
            await held.DisposeAsync();
        }
    }

    // The driver says the latter of a connection that broke at its last use.
    private static bool IsLost(Exception e) => e is NpgsqlException or InvalidOperationException;
}
