using System.Data.Common;
using System.Globalization;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Statements over a connection.</summary>
internal static class Sql
{
    public static async Task ExecuteAsync(DbConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<long> CountAsync(DbConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>Names and types of a query's columns; the query is not run.</summary>
    public static async Task<IReadOnlyList<(string Name, string Type)>> ColumnsAsync(DbConnection db, string select, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = $"describe {select}";
        await using var reader = await command.ExecuteReaderAsync(ct);
        var columns = new List<(string, string)>();
        while (await reader.ReadAsync(ct))
            columns.Add((reader.GetString(0), reader.GetString(1)));
        return columns;
    }

    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
