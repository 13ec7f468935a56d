using Npgsql;

namespace Floe.Emulators.Polaris.Store;

/// <summary>The catalog's PostgreSQL database.</summary>
internal sealed class PolarisDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;

    public PolarisDatabase(PolarisOptions options, TimeProvider time)
    {
        // The slim builder leaves out what a catalog never needs and costs start-up time.
        var builder = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        builder.EnableArrays();
        _source = builder.Build();
        _time = time;
        Realm = options.Realm;
        Direct = new(sql => _source.CreateCommand(sql), Realm, time);
    }

    public string Realm { get; }

    /// <summary>Every statement by itself.</summary>
    public StoreScope Direct { get; }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs <paramref name="work"/> in one transaction; it is rolled back when <paramref name="work"/> throws.</summary>
    public async Task<T> TransactionAsync<T>(Func<StoreScope, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(Within(connection, transaction));
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    public Task TransactionAsync(Func<StoreScope, Task> work, CancellationToken cancellationToken) =>
        TransactionAsync<object?>(
            async scope =>
            {
                await work(scope);
                return null;
            },
            cancellationToken);

    public StoreScope Within(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        new(sql => new NpgsqlCommand(sql, connection, transaction), Realm, _time);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
