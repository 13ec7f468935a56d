using System.Globalization;
using Npgsql;

namespace Floe.AppHost.Evidence.Checks;

/// <summary>Cube's SQL API takes the right password and no other, and says what the REST API says.</summary>
internal sealed class SqlApiCheck(NpgsqlConnectionStringBuilder connection, Func<CancellationToken, Task<long>> ordersInRest) : IEvidenceCheck
{
    public string Name => "cube-sql";

    public string Compared => "orders that SQL counts after a login with those of /load; the answer to a wrong password";

    public async Task<(string Expected, string Actual)> RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var before = await ordersInRest(ct);
            var counted = await CountAsync(connection, ct);
            // Data that came between the two questions is no error.
            if (await ordersInRest(ct) == before)
                return ($"{before} orders; wrong password {PostgresErrorCodes.InvalidPassword}", $"{counted} orders; wrong password {await WrongAsync(ct)}");
        }
    }

    private async Task<string> WrongAsync(CancellationToken ct)
    {
        try
        {
            await CountAsync(new(connection.ConnectionString) { Password = "wrong" }, ct);
            return "accepted";
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    private static async Task<long> CountAsync(NpgsqlConnectionStringBuilder how, CancellationToken ct)
    {
        await using var sql = new NpgsqlConnection(how.ConnectionString);
        await sql.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT MEASURE(count) FROM Orders", sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }
}
