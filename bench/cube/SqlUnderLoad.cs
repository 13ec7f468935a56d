using System.Diagnostics;
using Npgsql;

namespace Floe.Bench.Cube;

/// <summary>One connection to the SQL API, asked one statement after the other.</summary>
internal sealed class SqlUnderLoad(NpgsqlConnection connection) : IAsyncDisposable
{
    private const int Statements = 50;
    private const string Query = "SELECT status, MEASURE(total_revenue), MEASURE(count) FROM Orders WHERE order_date >= $1 GROUP BY 1 ORDER BY 2 DESC LIMIT 5";

    private DateTime _since = new(2025, 1, 1);

    public static async Task<SqlUnderLoad> ConnectAsync(int port, string password)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "cube", Password = password, Database = "cube" }.ConnectionString);
        await connection.OpenAsync();
        return new SqlUnderLoad(connection);
    }

    /// <summary>In ms.</summary>
    /// <param name="isCached">False: another value each time, so that no kept answer fits.</param>
    public async Task<List<double>> LatenciesAsync(bool isCached)
    {
        var latencies = new List<double>(Statements);
        for (var i = 0; i < Statements; i++)
        {
            if (!isCached) _since = _since.AddSeconds(1);
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = _since } } };
            var started = Stopwatch.GetTimestamp();
            await using (var rows = await command.ExecuteReaderAsync())
            {
                while (await rows.ReadAsync()) rows.GetDecimal(1);
            }
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return latencies;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
