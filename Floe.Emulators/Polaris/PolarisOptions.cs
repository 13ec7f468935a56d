using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Polaris;

/// <summary>What the catalog server needs to know; <see cref="FromEnvironment"/> reads it from the variables of the real image.</summary>
public sealed record PolarisOptions
{
    /// <summary>Port of the API on the loopback interface; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Port of the health checks on the loopback interface; 0 takes a free one.</summary>
    public required int ManagementPort { get; init; }

    /// <summary>Npgsql connection string of the catalog's database.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The one realm that is served.</summary>
    public string Realm { get; init; } = "POLARIS";

    /// <summary>Client id of the root principal; null where another process has set the realm up, as real Polaris' admin tool does.</summary>
    public required string? RootClientId { get; init; }

    /// <summary>Client secret of the root principal; null with <see cref="RootClientId"/>.</summary>
    public required string? RootClientSecret { get; init; }

    /// <summary>The server's own access key of the object store.</summary>
    public required string AwsAccessKeyId { get; init; }

    /// <summary>The secret of <see cref="AwsAccessKeyId"/>.</summary>
    public required string AwsSecretAccessKey { get; init; }

    /// <summary>Region where a catalog's storage settings name none.</summary>
    public string AwsRegion { get; init; } = "us-east-1";

    /// <summary>The clock of tokens and timestamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Host, port and database, for messages.</summary>
    internal string DatabaseAddress => new NpgsqlConnectionStringBuilder(ConnectionString) is var c ? $"{c.Host}:{c.Port}/{c.Database}" : "";

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"realm {Realm} on {DatabaseAddress}, ports {Port} and {ManagementPort}";

    /// <summary>Reads the variables of the container image <c>apache/polaris</c>.</summary>
    /// <exception cref="ConfigurationException">One is missing or breaks a rule; no secret is in the message.</exception>
    public static PolarisOptions FromEnvironment(int port, int managementPort, Func<string, string?> variable)
    {
        var realm = variable("POLARIS_REALM_CONTEXT_REALMS") is { Length: > 0 } realms ? realms : "POLARIS";
        if (realm.Contains(','))
            throw new ConfigurationException($"POLARIS_REALM_CONTEXT_REALMS is '{realm}', but this server serves one realm; name only one.");
        var root = Root(variable("POLARIS_BOOTSTRAP_CREDENTIALS"), realm);
        return new()
        {
            Port = port,
            ManagementPort = managementPort,
            ConnectionString = JdbcUrl.ToConnectionString(
                Required(variable, "QUARKUS_DATASOURCE_JDBC_URL"), Required(variable, "QUARKUS_DATASOURCE_USERNAME"), Required(variable, "QUARKUS_DATASOURCE_PASSWORD")),
            Realm = realm,
            RootClientId = root?.ClientId,
            RootClientSecret = root?.Secret,
            AwsAccessKeyId = Required(variable, "AWS_ACCESS_KEY_ID"),
            AwsSecretAccessKey = Required(variable, "AWS_SECRET_ACCESS_KEY"),
            AwsRegion = variable("AWS_REGION") is { Length: > 0 } region ? region : "us-east-1",
        };
    }

    private static (string ClientId, string Secret)? Root(string? credentials, string realm)
    {
        if (string.IsNullOrEmpty(credentials))
            return null;
        if (credentials.Split(',') is not [var credentialsRealm, { Length: > 0 } clientId, { Length: > 0 } secret])
            throw new ConfigurationException("POLARIS_BOOTSTRAP_CREDENTIALS must have the form realm,clientId,clientSecret with one realm and none of the parts empty.");
        if (credentialsRealm.Trim() != realm)
            throw new ConfigurationException($"POLARIS_BOOTSTRAP_CREDENTIALS is for the realm '{credentialsRealm}', but POLARIS_REALM_CONTEXT_REALMS is '{realm}'; use the same realm in both.");
        return (clientId.Trim(), secret.Trim());
    }

    private static string Required(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } value ? value : throw new ConfigurationException($"The environment variable {name} is missing; the AppHost sets it, alone set it by hand (see Floe.Emulators polaris --help).");
}
