using System.Collections.Concurrent;
using DuckDB.NET.Data;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Some connections to one database, each used by one at a time.</summary>
internal sealed class Sessions : IAsyncDisposable
{
    private readonly ConcurrentBag<DuckDBConnection> _free = [];
    private readonly List<DuckDBConnection> _own = [];
    private readonly SemaphoreSlim _places;

    private Sessions(DuckDBConnection db, int count)
    {
        _free.Add(db);
        _places = new SemaphoreSlim(count);
    }

    /// <summary>The connection and others beside it.</summary>
    public static async Task<Sessions> OpenAsync(DuckDBConnection db, int count, CancellationToken ct)
    {
        var sessions = new Sessions(db, count);
        for (var i = 1; i < count; i++)
        {
            var more = db.DataSource is ":memory:" or "" ? db.Duplicate() : new DuckDBConnection(db.ConnectionString);
            sessions._own.Add(more);
            await more.OpenAsync(ct);
            await Sql.ExecuteAsync(more, "set TimeZone = 'UTC'", ct);
            sessions._free.Add(more);
        }

        return sessions;
    }

    public async Task<T> UseAsync<T>(Func<DuckDBConnection, Task<T>> work, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            if (!_free.TryTake(out var db))
                throw new InvalidOperationException("There are as many connections as places.");
            try
            {
                return await work(db);
            }
            finally
            {
                _free.Add(db);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var db in _own)
            await db.DisposeAsync();
        _places.Dispose();
    }
}
