using System.Globalization;
using Npgsql;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>Npgsql, with its default settings but for more patience, on a running service.</summary>
internal static class SqlClient
{
    public static NpgsqlDataSource Connect(RunningCube cube, string user = "cube", string password = RecordedShop.SqlPassword, Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var text = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = cube.SqlPort, Username = user, Password = password, Database = "cube", Timeout = 60, CommandTimeout = 120, CancellationTimeout = 60_000 };
        change?.Invoke(text);
        return NpgsqlDataSource.Create(text);
    }

    /// <summary>All rows, every value as the REST API would write it.</summary>
    public static async Task<List<string?[]>> RowsAsync(this NpgsqlDataSource source, string sql, params object?[] values)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.RowsAsync(sql, values);
    }

    public static async Task<List<string?[]>> RowsAsync(this NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return await command.RowsAsync();
    }

    public static async Task<List<string?[]>> RowsAsync(this NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string?[]>();
        while (await reader.ReadAsync()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))]);
        return rows;
    }

    /// <summary>The SQLSTATE and the sentence of a statement that must fail.</summary>
    public static async Task<PostgresException> ErrorAsync(this NpgsqlDataSource source, string sql, params object?[] values) =>
        await Assert.ThrowsAsync<PostgresException>(() => source.RowsAsync(sql, values));

    public static string? Text(object? value) => value switch
    {
        null or DBNull => null,
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture),
        DateOnly date => Text(date.ToDateTime(TimeOnly.MinValue)),
        bool flag => flag ? "true" : "false",
        decimal number => Number((double)number),
        IConvertible number and not string => Number(number.ToDouble(CultureInfo.InvariantCulture)),
        _ => value.ToString(),
    };

    /// <summary>Twelve digits: sums of floating point differ in the last ones.</summary>
    public static string Number(double number) => number.ToString("G12", CultureInfo.InvariantCulture);
}
