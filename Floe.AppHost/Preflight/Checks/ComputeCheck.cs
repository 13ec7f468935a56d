using System.Text.Json.Nodes;
using DuckDB.NET.Data;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>The compute engine answers a query: DuckDB in this process, the warehouses after a real login.</summary>
internal static class ComputeCheck
{
    public static Task<CheckFinding> RunAsync(PreflightConfig config, Credentials credentials, HttpClient http, TimeProvider clock, CancellationToken cancellationToken) => config.ComputeType switch
    {
        "trino" => TrinoLogin.RunAsync(config, credentials, http, cancellationToken),
        "snowflake" => SnowflakeLogin.RunAsync(config, credentials, http, cancellationToken),
        "bigquery" => BigQueryLogin.RunAsync(config, credentials, http, clock, cancellationToken),
        _ => DuckDbAsync(cancellationToken),
    };

    // What the worker does all day: open, write Parquet, read it back.
    private static async Task<CheckFinding> DuckDbAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("floe-preflight-").FullName;
        try
        {
            await using var connection = new DuckDBConnection("DataSource=:memory:");
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            var file = Path.Combine(folder, "probe.parquet").Replace("'", "''", StringComparison.Ordinal);
            command.CommandText = $"copy (select range as n from range(1000)) to '{file}' (format parquet)";
            await command.ExecuteNonQueryAsync(cancellationToken);
            command.CommandText = $"select sum(n)::bigint from read_parquet('{file}')";
            if (await command.ExecuteScalarAsync(cancellationToken) is not 499500L)
                throw new CheckFailedException("DuckDB read other rows from Parquet than it wrote", "build again: the native part of DuckDB does not fit");
            command.CommandText = "select version()";
            var version = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
            return new($"DuckDB {version} opens and reads Parquet", new JsonObject { ["type"] = "duckdb", ["version"] = version });
        }
        catch (Exception e) when (e is DuckDBException or DllNotFoundException or BadImageFormatException)
        {
            throw new CheckFailedException($"DuckDB does not work: {e.Message}", "build again, which fetches its native part; look for room and write permission in the temporary folder");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
