using Npgsql;

namespace Floe.Emulators.Marquez.Store;

/// <summary>The server's PostgreSQL database.</summary>
internal sealed class MarquezDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public MarquezDatabase(MarquezOptions options)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        builder.EnableArrays();
        _source = builder.Build();
        Direct = new(sql => _source.CreateCommand(sql));
    }

    /// <summary>Every statement by itself.</summary>
    public Statements Direct { get; }

    /// <summary>Runs <paramref name="work"/> in one transaction; it is rolled back when <paramref name="work"/> throws.</summary>
    public async Task TransactionAsync(Func<Statements, Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await work(new(sql => new NpgsqlCommand(sql, connection, transaction)));
        await transaction.CommitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
