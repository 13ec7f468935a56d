using Npgsql;
using NpgsqlTypes;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>Npgsql with its default settings: types, prepared statements, transactions, cancellation, signing in.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class SqlProtocolTests(RecordedShop shop) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _sql = SqlClient.Connect(shop.Cube);

    public ValueTask DisposeAsync() => _sql.DisposeAsync();

    [Theory]
    [InlineData(NpgsqlDbType.Text, "status = $1", "shipped")]
    [InlineData(NpgsqlDbType.Varchar, "$1 = status", "shipped")]
    [InlineData(NpgsqlDbType.Text, "status LIKE $1", "shipp%")]
    [InlineData(NpgsqlDbType.Text, "upper(status) = $1", "SHIPPED")]
    [InlineData(NpgsqlDbType.Array | NpgsqlDbType.Text, "status = ANY($1)", new[] { "shipped", "it's" })]
    public async Task A_prepared_statement_takes_texts(NpgsqlDbType type, string condition, object value) =>
        await PreparedAsync($"SELECT count(*) FROM Orders WHERE {condition}", type, value, await _sql.RowsAsync("SELECT count(*) FROM Orders WHERE status = 'shipped'"));

    [Fact]
    public async Task A_prepared_statement_takes_values_of_each_type()
    {
        var since = new DateTime(2026, 3, 1, 12, 30, 0, 123, DateTimeKind.Unspecified);
        var expected = await _sql.RowsAsync("SELECT count(*) FROM Orders WHERE order_date >= '2026-03-01 12:30:00.123'");
        await PreparedAsync("SELECT count(*) FROM Orders WHERE order_date >= $1", NpgsqlDbType.Timestamp, since, expected);
        await PreparedAsync("SELECT count(*) FROM Orders WHERE order_date >= $1", NpgsqlDbType.TimestampTz, DateTime.SpecifyKind(since, DateTimeKind.Utc), expected);
        expected = await _sql.RowsAsync("SELECT count(*) FROM Orders WHERE order_date >= '2026-03-01'");
        await PreparedAsync("SELECT count(*) FROM Orders WHERE order_date >= $1", NpgsqlDbType.Date, new DateOnly(2026, 3, 1), expected);
        expected = await _sql.RowsAsync("SELECT count(*) FROM Orders WHERE order_date >= now() - interval '30 days'");
        await PreparedAsync("SELECT count(*) FROM Orders WHERE order_date >= now() - $1", NpgsqlDbType.Interval, TimeSpan.FromDays(30), expected);

        expected = await _sql.RowsAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > 2.5");
        Assert.NotEqual("0", expected[0][0]);
        await PreparedAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > $1", NpgsqlDbType.Numeric, 2.5m, expected);
        await PreparedAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > $1", NpgsqlDbType.Double, 2.5, expected);
        await PreparedAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > $1", NpgsqlDbType.Real, 2.5f, expected);
        expected = await _sql.RowsAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > 2");
        foreach (var type in (NpgsqlDbType[])[NpgsqlDbType.Smallint, NpgsqlDbType.Integer, NpgsqlDbType.Bigint]) await PreparedAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > $1", type, (short)2, expected);

        await PreparedAsync("SELECT count(*) FROM Orders WHERE status = $1", NpgsqlDbType.Text, null, [["0"]]);
        await PreparedAsync("SELECT status FROM Orders GROUP BY 1 ORDER BY 1 LIMIT $1", NpgsqlDbType.Bigint, 1L, [["cancelled"]]);
        await PreparedAsync("SELECT $1 FROM Orders LIMIT 1", NpgsqlDbType.Boolean, true, [["true"]]);
        await PreparedAsync("SELECT $1::numeric * 2 FROM Orders LIMIT 1", NpgsqlDbType.Numeric, -1234567.0001m, [["-2469134.0002"]]);
        await PreparedAsync("SELECT $1::uuid", NpgsqlDbType.Uuid, Guid.Parse("11111111-2222-3333-4444-555555555555"), [["11111111-2222-3333-4444-555555555555"]]);
        // And without a type: the statement tells.
        Assert.Equal(expected, await _sql.RowsAsync("SELECT count(*) FROM OrderItems WHERE quantity_dim > $1", 2L));
    }

    [Fact]
    public async Task Values_come_in_their_types_as_text_and_in_binary()
    {
        const string Query = "SELECT max(order_date), max(order_date)::date, sum(total_revenue), count(*), sqrt(count(*)), max(status) = 'shipped', max(status), NULL, -0.00012, 12345678901234567890.5, round(count(*) * -1.0 / 3, 6), sum(total_revenue) / 1e24 FROM Orders";
        await using var connection = await _sql.OpenConnectionAsync();
        await using var binary = new NpgsqlCommand(Query, connection);
        await using (var reader = await binary.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(["timestamp without time zone", "date", "numeric", "bigint", "double precision", "boolean", "text", "text", "numeric", "numeric", "numeric", "double precision"], Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeName));
            Assert.Equal(new DateTime(2026, 11, 20), reader.GetDateTime(0).Date);
            Assert.Equal(11338200.00m, reader.GetDecimal(2));
            Assert.Equal(5000L, reader.GetInt64(3));
            Assert.Equal(Math.Sqrt(5000), reader.GetDouble(4), 12);
            Assert.True(reader.GetBoolean(5));
            Assert.True(reader.IsDBNull(7));
            Assert.Equal(-0.00012m, reader.GetDecimal(8));
            Assert.Equal(12345678901234567890.5m, reader.GetDecimal(9));
            Assert.Equal(-1666.666667m, reader.GetDecimal(10));
            Assert.InRange(reader.GetDouble(11), 1.13e-17, 1.14e-17);
        }
        await using var text = new NpgsqlCommand(Query, connection) { AllResultTypesAreUnknown = true };
        await using (var reader = await text.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(["2026-11-20", "11338200.00", "5000", "t", "shipped"], ((int[])[1, 2, 3, 5, 6]).Select(reader.GetString));
            Assert.Equal(["-0.00012", "12345678901234567890.5", "-1666.666667"], ((int[])[8, 9, 10]).Select(reader.GetString));
        }
    }

    [Fact]
    public async Task A_failed_transaction_takes_only_its_end()
    {
        await using var connection = await _sql.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Single(await connection.RowsAsync("SELECT count(*) FROM Orders"));
            await Assert.ThrowsAsync<PostgresException>(() => connection.RowsAsync("SELECT nope FROM Orders"));
            Assert.Equal("25P02", (await Assert.ThrowsAsync<PostgresException>(() => connection.RowsAsync("SELECT count(*) FROM Orders"))).SqlState);
            await transaction.RollbackAsync();
        }
        await using (var transaction = await connection.BeginTransactionAsync()) await transaction.CommitAsync();
        Assert.Single(await connection.RowsAsync("SELECT count(*) FROM Orders"));
    }

    [Fact]
    public async Task Several_statements_are_a_batch()
    {
        await using var connection = await _sql.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("SELECT count(*) FROM Orders"), new("SELECT max(status) FROM Orders"), new("SHOW timezone") } };
        await using var reader = await batch.ExecuteReaderAsync();
        var found = new List<object>();
        do
        {
            Assert.True(await reader.ReadAsync());
            found.Add(reader.GetValue(0));
        }
        while (await reader.NextResultAsync());
        Assert.Equal([5000L, "shipped", "UTC"], found);
    }

    [Fact]
    public async Task A_connection_from_the_pool_is_as_new()
    {
        await using (var connection = await _sql.OpenConnectionAsync()) await connection.RowsAsync("SET application_name = 'mine'");
        await using (var connection = await _sql.OpenConnectionAsync()) Assert.Equal("", Assert.Single(await connection.RowsAsync("SHOW application_name"))[0]);
    }

    [Fact]
    public async Task A_query_that_runs_can_be_cancelled()
    {
        await using var connection = await _sql.OpenConnectionAsync();
        // Six million times the rows of the catalog: minutes, if nobody ends it.
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c, pg_attribute d, pg_attribute e, pg_type f WHERE a.attname || b.attname || c.attname || d.attname || e.attname || f.typname = 'x'", connection);
        var running = command.ExecuteScalarAsync();
        // Again and again: a key that comes before the statement has no effect, as in PostgreSQL.
        while (!running.IsCompleted)
        {
            command.Cancel();
            await Task.Delay(50);
        }
        var ended = Assert.IsType<PostgresException>((await Assert.ThrowsAsync<OperationCanceledException>(() => running)).InnerException);
        Assert.Equal("57014", ended.SqlState);
        // Not by the catalog's own limit, which has the same state.
        Assert.DoesNotContain("took longer", ended.MessageText);
        Assert.Equal("5000", Assert.Single(await connection.RowsAsync("SELECT count(*) FROM Orders"))[0]);

        await connection.RowsAsync("SET statement_timeout = 50");
        Assert.Equal("57014", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync())).SqlState);
    }

    [Theory]
    [InlineData("cube", "wrong")]
    [InlineData("nobody", RecordedShop.SqlPassword)]
    [InlineData("Cube", RecordedShop.SqlPassword)]
    public async Task Who_does_not_know_the_password_stays_outside(string user, string password)
    {
        await using var wrong = SqlClient.Connect(shop.Cube, user, password, text => text.Pooling = false);
        var error = await Assert.ThrowsAsync<PostgresException>(() => wrong.RowsAsync("SELECT 1"));
        Assert.Equal(("28P01", $"Password authentication failed for user \"{user}\"."), (error.SqlState, error.MessageText));
    }

    private async Task PreparedAsync(string sql, NpgsqlDbType type, object? value, List<string?[]> expected)
    {
        await using var connection = await _sql.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
        await command.PrepareAsync();
        for (var i = 0; i < 2; i++) Assert.Equal(expected, await command.RowsAsync());
    }
}
