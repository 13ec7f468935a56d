using Floe.Emulators.CommandLine;
using Floe.Emulators.Postgres;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Emulators.Hosting;

/// <summary>A PostgreSQL that a service which runs alone brings along below its data directory, with generated credentials in a file beside it.</summary>
internal sealed class OwnPostgres
{
    private const string PasswordName = "POSTGRES_PASSWORD";

    private readonly bool _isNew;
    private readonly PostgresOptions _options;

    /// <summary>Reads the folder's credentials, or makes up new ones, which are kept once the server has started.</summary>
    /// <param name="directory">The service's data directory.</param>
    /// <param name="name">Name of both database and user.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="credentials">What the file holds beside the database's password.</param>
    /// <exception cref="ConfigurationException">The credentials file is unusable.</exception>
    public OwnPostgres(string directory, string name, Func<string, string?> environment, params IEnumerable<(string Name, string Value)> credentials)
    {
        directory = Path.GetFullPath(directory);
        var path = Path.Combine(directory, CredentialsFile.FileName);
        var known = CredentialsFile.TryRead(path);
        _isNew = known is null;
        Credentials = known ?? CredentialsFile.New(path, [.. credentials, (PasswordName, CredentialsFile.NewSecret())]);
        Name = name;
        _options = new PostgresOptions
        {
            DataDirectory = Path.Combine(directory, "postgres"),
            Port = LoopbackPort.Free(),
            User = name,
            Password = Credentials[PasswordName],
            Databases = [name],
            BinDirectory = PostgresOptions.DefaultBinDirectory(environment),
        };
    }

    public CredentialsFile Credentials { get; }

    /// <summary>Name of both database and user.</summary>
    public string Name { get; }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port => _options.Port;

    public string Password => _options.Password;

    /// <summary>Starts the server, which the caller disposes.</summary>
    /// <exception cref="PostgresFailure">It does not start.</exception>
    public async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new PostgresServer(_options, new ServerLog(Console.Out, NullLogger.Instance), TimeProvider.System);
        try
        {
            await server.StartAsync(cancellationToken);
            if (_isNew)
                Credentials.Save();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the service until it ends or its database does, which ends it.</summary>
    /// <returns>The exit code of the service.</returns>
    /// <exception cref="PostgresFailure">The database ended first.</exception>
    public static async Task<int> RunAsync(WebApplication app, PostgresServer server, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = app.RunServiceAsync(ended.Token);
        var database = server.WaitAsync(ended.Token);
        await Task.WhenAny(running, database);
        await ended.CancelAsync();
        var code = await running;
        try
        {
            await database;
        }
        catch (OperationCanceledException)
        {
            // The service ended first, which is the order that is meant.
        }
        return code;
    }
}
