using System.Globalization;
using Floe.Emulators.CommandLine;
using Floe.Emulators.Postgres;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Emulators.Polaris;

/// <summary>The catalog alone: a PostgreSQL of its own below a data directory, and the root principal's credentials in the file beside it.</summary>
internal sealed class OwnDatabase
{
    private const string Name = "polaris";
    private const string ClientId = "POLARIS_CLIENT_ID";
    private const string ClientSecret = "POLARIS_CLIENT_SECRET";

    private static readonly string[] s_datasource = ["QUARKUS_DATASOURCE_JDBC_URL", "QUARKUS_DATASOURCE_USERNAME", "QUARKUS_DATASOURCE_PASSWORD"];

    private readonly OwnPostgres _postgres;
    private readonly Func<string, string?> _environment;

    private OwnDatabase(string directory, Func<string, string?> environment)
    {
        _environment = environment;
        _postgres = new(directory, Name, environment, (ClientId, "root"), (ClientSecret, CredentialsFile.NewSecret()));
    }

    public string CredentialsPath => _postgres.Credentials.Path;

    public string SourceLine => _postgres.Credentials.SourceLine;

    /// <summary>The root principal's credentials are those of the file, not of the environment.</summary>
    public bool HasRootCredentials => string.IsNullOrEmpty(_environment("POLARIS_BOOTSTRAP_CREDENTIALS"));

    /// <summary>No variable of a database is set. One that is set with others missing is a mistake, not a wish for another database.</summary>
    public static bool IsWanted(Func<string, string?> environment) => s_datasource.All(name => string.IsNullOrEmpty(environment(name)));

    /// <summary>Reads the folder's credentials, or makes up new ones, which are kept once the server has started.</summary>
    /// <exception cref="ConfigurationException">The credentials file is unusable.</exception>
    public static OwnDatabase At(string directory, Func<string, string?> environment) => new(directory, environment);

    /// <summary>The environment, with this database and, where it has none, with the root principal of the credentials file.</summary>
    public string? Variable(string name) => name switch
    {
        "QUARKUS_DATASOURCE_JDBC_URL" => string.Create(CultureInfo.InvariantCulture, $"jdbc:postgresql://127.0.0.1:{_postgres.Port}/{Name}"),
        "QUARKUS_DATASOURCE_USERNAME" => Name,
        "QUARKUS_DATASOURCE_PASSWORD" => _postgres.Password,
        "POLARIS_BOOTSTRAP_CREDENTIALS" when HasRootCredentials =>
            $"{(_environment("POLARIS_REALM_CONTEXT_REALMS") is { Length: > 0 } realm ? realm : "POLARIS")},{_postgres.Credentials[ClientId]},{_postgres.Credentials[ClientSecret]}",
        _ => _environment(name),
    };

    /// <summary>Starts the server, which the caller disposes.</summary>
    /// <exception cref="PostgresFailure">It does not start.</exception>
    public Task<PostgresServer> StartAsync(CancellationToken cancellationToken) => _postgres.StartAsync(cancellationToken);
}
