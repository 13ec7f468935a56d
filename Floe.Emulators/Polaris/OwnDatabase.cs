using System.Globalization;
using Floe.Emulators.CommandLine;
using Floe.Emulators.Postgres;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Emulators.Polaris;

/// <summary>The catalog alone: a PostgreSQL of its own below a data directory, and generated credentials in a file beside it.</summary>
internal sealed class OwnDatabase
{
    private const string User = "polaris";
    private const string Database = "polaris";
    private const string ClientId = "POLARIS_CLIENT_ID";
    private const string ClientSecret = "POLARIS_CLIENT_SECRET";
    private const string Password = "POSTGRES_PASSWORD";

    private static readonly string[] s_datasource = ["QUARKUS_DATASOURCE_JDBC_URL", "QUARKUS_DATASOURCE_USERNAME", "QUARKUS_DATASOURCE_PASSWORD"];

    private readonly CredentialsFile _credentials;
    private readonly bool _isNew;
    private readonly PostgresOptions _options;
    private readonly Func<string, string?> _environment;

    private OwnDatabase(string directory, Func<string, string?> environment)
    {
        _environment = environment;
        var path = Path.Combine(directory, CredentialsFile.FileName);
        var known = CredentialsFile.TryRead(path);
        _isNew = known is null;
        _credentials = known ?? CredentialsFile.New(path, (ClientId, "root"), (ClientSecret, CredentialsFile.NewSecret()), (Password, CredentialsFile.NewSecret()));
        _options = new PostgresOptions
        {
            DataDirectory = Path.Combine(directory, "postgres"),
            Port = LoopbackPort.Free(),
            User = User,
            Password = _credentials[Password],
            Databases = [Database],
            BinDirectory = PostgresOptions.DefaultBinDirectory(environment),
        };
    }

    public string CredentialsPath => _credentials.Path;

    public string SourceLine => _credentials.SourceLine;

    /// <summary>The root principal's credentials are those of the file, not of the environment.</summary>
    public bool HasRootCredentials => string.IsNullOrEmpty(_environment("POLARIS_BOOTSTRAP_CREDENTIALS"));

    /// <summary>No variable of a database is set. One that is set with others missing is a mistake, not a wish for another database.</summary>
    public static bool IsWanted(Func<string, string?> environment) => s_datasource.All(name => string.IsNullOrEmpty(environment(name)));

    /// <summary>Reads the folder's credentials, or makes up new ones, which are kept once the server has started.</summary>
    /// <exception cref="ConfigurationException">The credentials file is unusable.</exception>
    public static OwnDatabase At(string directory, Func<string, string?> environment) => new(Path.GetFullPath(directory), environment);

    /// <summary>The environment, with this database and, where it has none, with the root principal of the credentials file.</summary>
    public string? Variable(string name) => name switch
    {
        "QUARKUS_DATASOURCE_JDBC_URL" => string.Create(CultureInfo.InvariantCulture, $"jdbc:postgresql://127.0.0.1:{_options.Port}/{Database}"),
        "QUARKUS_DATASOURCE_USERNAME" => User,
        "QUARKUS_DATASOURCE_PASSWORD" => _options.Password,
        "POLARIS_BOOTSTRAP_CREDENTIALS" when HasRootCredentials =>
            $"{(_environment("POLARIS_REALM_CONTEXT_REALMS") is { Length: > 0 } realm ? realm : "POLARIS")},{_credentials[ClientId]},{_credentials[ClientSecret]}",
        _ => _environment(name),
    };

    /// <summary>Starts the server, which the caller disposes.</summary>
    /// <exception cref="PostgresFailure">It does not start.</exception>
    public async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new PostgresServer(_options, new ServerLog(Console.Out, NullLogger.Instance), TimeProvider.System);
        try
        {
            await server.StartAsync(cancellationToken);
            if (_isNew)
                _credentials.Save();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
