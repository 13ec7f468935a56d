using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Polaris;

/// <summary>The real server is Java and takes its database as a JDBC address; this one is .NET.</summary>
internal static class JdbcUrl
{
    private const string Prefix = "jdbc:";

    /// <summary>Connections at most: the database is shared with the other services of the stack.</summary>
    private const int MaximumConnections = 20;

    /// <exception cref="ConfigurationException">Not of the form <c>jdbc:postgresql://host:port/database</c>.</exception>
    public static string ToConnectionString(string url, string user, string password)
    {
        if (!url.StartsWith(Prefix, StringComparison.Ordinal)
            || !Uri.TryCreate(url[Prefix.Length..], UriKind.Absolute, out var uri)
            || uri is not { Scheme: "postgresql", Host.Length: > 0, AbsolutePath.Length: > 1, Query: "", UserInfo: "" })
            throw new ConfigurationException("QUARKUS_DATASOURCE_JDBC_URL must have the form jdbc:postgresql://host:port/database, without user, password or parameters.");
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            Username = user,
            Password = password,
            ApplicationName = "Floe.Emulators polaris",
            MaxPoolSize = MaximumConnections,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            Timeout = 5,
            CommandTimeout = 15,
        }.ConnectionString;
    }
}
