using System.Text.Json.Nodes;
using Npgsql;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>PostgreSQL: a login, a query, and the right to create.</summary>
internal static class PostgresCheck
{
    public static async Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, CancellationToken cancellationToken)
    {
        if ((config.PostgresHost ?? credentials.Optional("PGHOST")) is not { } host)
            return Unconfigured.Finding("postgres", "PostgresHost", "the deployment brings its own PostgreSQL");
        var user = credentials.Optional("PGUSER") ?? "postgres";
        var database = config.PostgresDatabase ?? credentials.Optional("PGDATABASE") ?? "floe";
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = host, Port = config.PostgresPort, Username = user, Password = credentials.Required("PGPASSWORD", $"the password of {user}"), Database = database,
            Pooling = false, Timeout = Math.Min(10, config.TimeoutSeconds), CommandTimeout = config.TimeoutSeconds, ApplicationName = "floe-preflight",
        };
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select 1, has_database_privilege(current_database(), 'CREATE'), has_schema_privilege('public', 'CREATE')", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (!reader.GetBoolean(1) && !reader.GetBoolean(2))
                throw new CheckFailedException($"the user {user} may not create anything in the database {database}", $"make {user} the database's owner: ALTER DATABASE \"{database}\" OWNER TO \"{user}\"");
            return new($"PostgreSQL {connection.PostgreSqlVersion} at {host}:{config.PostgresPort} let {user} in, who may create in {database}", new JsonObject { ["host"] = host, ["port"] = config.PostgresPort, ["database"] = database, ["version"] = connection.PostgreSqlVersion.ToString() });
        }
        catch (PostgresException e)
        {
            throw new CheckFailedException($"PostgreSQL refused: {e.MessageText} ({e.SqlState})", e.SqlState switch
            {
                "28P01" or "28000" => "check PGUSER and PGPASSWORD",
                "3D000" => $"create the database: CREATE DATABASE \"{database}\"",
                "53300" => "raise max_connections or stop clients that hold connections",
                _ => "look into the server's log",
            });
        }
        catch (NpgsqlException e)
        {
            throw new CheckFailedException($"PostgreSQL at {host}:{config.PostgresPort} cannot be reached: {e.InnerException?.Message ?? e.Message}", "check host and port, that the server runs, and that no firewall is in between");
        }
    }
}
