using Npgsql;
using Xunit;

namespace Floe.Tests.Postgres;

/// <summary>
/// A PostgreSQL server for the tests of a class: <c>IClassFixture&lt;PostgresFixture&gt;</c>. Its data directory is
/// temporary; every test that writes takes a database of its own.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("floe-postgres-").FullName;
    private PostgresLauncher? launcher;

    public int Port => Launcher.Port;

    /// <summary>To the database <c>floe</c>, as a superuser.</summary>
    public string ConnectionString => Launcher.ConnectionString;

    private PostgresLauncher Launcher => launcher ?? throw new InvalidOperationException("The fixture has not started.");

    public async Task InitializeAsync() => launcher = await PostgresLauncher.Start(directory).ReadyAsync();

    /// <summary>A connection string to a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    public async Task DisposeAsync()
    {
        if (launcher is not null)
            await launcher.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
