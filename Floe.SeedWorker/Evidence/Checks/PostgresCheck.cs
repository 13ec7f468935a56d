using System.Globalization;
using Npgsql;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>PostgreSQL takes the worker's login and answers a query.</summary>
internal sealed class PostgresCheck(Func<NpgsqlDataSource> open) : IEvidenceCheck
{
    public string Name => "postgres";

    public string Compared => "who PostgreSQL says is connected, and to which database, with who was meant; runs counted there";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        // A source of its own: a pooled connection would be no login.
        await using var database = open();
        var meant = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var command = database.CreateCommand("select current_user || '@' || current_database(), (select count(*) from runs), current_setting('server_version')");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new($"{meant.Username}@{meant.Database}", reader.GetString(0))
        {
            Details = new Dictionary<string, string> { ["runs"] = reader.GetInt64(1).ToString(CultureInfo.InvariantCulture), ["version"] = reader.GetString(2) },
        };
    }
}
