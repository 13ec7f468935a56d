using System.Globalization;
using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Marquez;

/// <summary>What the lineage server needs to know; <see cref="FromEnvironment"/> reads it from the variables of the real image's configuration.</summary>
public sealed record MarquezOptions
{
    internal const int DefaultRetentionDays = 7;

    /// <summary>Port of the API on the loopback interface; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Port of the health check on the loopback interface; 0 takes a free one.</summary>
    public required int AdminPort { get; init; }

    /// <summary>Npgsql connection string of the server's database.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How many days events and runs are kept.</summary>
    public int RetentionDays { get; init; } = DefaultRetentionDays;

    /// <summary>The clock of when events came in.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Host, port and database, for messages.</summary>
    internal string DatabaseAddress => new NpgsqlConnectionStringBuilder(ConnectionString) is var c ? $"{c.Host}:{c.Port}/{c.Database}" : "";

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{DatabaseAddress}, ports {Port} and {AdminPort}";

    /// <summary>Reads <c>POSTGRES_HOST</c>, <c>POSTGRES_PORT</c>, <c>POSTGRES_DB</c>, <c>POSTGRES_USER</c> and <c>POSTGRES_PASSWORD</c>.</summary>
    /// <exception cref="ConfigurationException">One is missing or breaks a rule; no secret is in the message.</exception>
    public static MarquezOptions FromEnvironment(int port, int adminPort, Func<string, string?> variable)
    {
        var databasePort = variable("POSTGRES_PORT") is { Length: > 0 } given ? given : "5432";
        if (!int.TryParse(databasePort, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > 65535)
            throw new ConfigurationException($"POSTGRES_PORT is '{databasePort}', but must be a TCP port, 1 to 65535.");
        var retention = variable("FLOE_MARQUEZ_RETENTION_DAYS") is { Length: > 0 } days ? days : DefaultRetentionDays.ToString(CultureInfo.InvariantCulture);
        if (!int.TryParse(retention, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) || kept is 0 or > 3650)
            throw new ConfigurationException($"FLOE_MARQUEZ_RETENTION_DAYS is '{retention}', but must be a number of days, 1 to 3650.");
        return new()
        {
            Port = port,
            AdminPort = adminPort,
            RetentionDays = kept,
            ConnectionString = new NpgsqlConnectionStringBuilder
            {
                Host = Required(variable, "POSTGRES_HOST"),
                Port = number,
                Database = variable("POSTGRES_DB") is { Length: > 0 } database ? database : "marquez",
                Username = Required(variable, "POSTGRES_USER"),
                Password = Required(variable, "POSTGRES_PASSWORD"),
                ApplicationName = "Floe.Emulators marquez",
                MaxPoolSize = 10,
            }.ConnectionString,
        };
    }

    private static string Required(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } value ? value : throw new ConfigurationException($"The environment variable {name} is missing; set POSTGRES_HOST, POSTGRES_USER and POSTGRES_PASSWORD, or none of them for a PostgreSQL of its own (see Floe.Emulators marquez --help).");
}
