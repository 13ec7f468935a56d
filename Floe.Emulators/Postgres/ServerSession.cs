using Npgsql;

namespace Floe.Emulators.Postgres;

/// <summary>The launcher's own logins: whether the server answers, is ours, and has its databases.</summary>
internal sealed class ServerSession(PostgresOptions options)
{
    /// <summary>Whether a login with the given password works.</summary>
    public async Task<LoginResult> LoginAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return LoginResult.Works;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return LoginResult.Refused;
        }
        catch (NpgsqlException)
        {
            return LoginResult.NotYet; // not listening, starting up or recovering
        }
    }

    /// <exception cref="PostgresFailure">Another server answers on the port.</exception>
    public async Task CompleteAsync(string expectedDirectory, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using (var identity = new NpgsqlCommand("select current_setting('data_directory')", connection))
        {
            var directory = (string)(await identity.ExecuteScalarAsync(cancellationToken))!;
            if (directory != expectedDirectory)
                throw new PostgresFailure($"Another PostgreSQL (data directory {directory}) answers on 127.0.0.1:{options.Port}; choose another --port.");
        }
        foreach (var database in options.Databases)
            await EnsureDatabaseAsync(connection, database, cancellationToken);
    }

    private static async Task EnsureDatabaseAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        await using var create = new NpgsqlCommand($"create database \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A connection of its own to the database postgres, for the caller to dispose.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = options.Port,
            Username = options.User,
            Password = options.Password,
            Database = "postgres",
            Pooling = false,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = "Floe launcher",
            Timeout = 5,
        };
        var connection = new NpgsqlConnection(connectionString.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
