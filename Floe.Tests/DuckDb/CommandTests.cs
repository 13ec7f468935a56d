using System.Data;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Xunit;

namespace Floe.Tests.DuckDb;

public sealed class CommandTests : IDisposable
{
    private readonly Database database = new();

    [Fact]
    public void SeveralStatementsRunInOrderAndTheReaderShowsThoseWithRows()
    {
        using var command = database.Command("create table t(a int); insert into t values (1), (2); select a from t order by a; select 'x'");
        using var reader = command.ExecuteReader();
        Assert.True(reader.HasRows);
        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.Equal(2, reader.GetInt32(0));
        Assert.False(reader.Read());
        Assert.False(reader.Read());
        Assert.True(reader.NextResult());
        Assert.True(reader.Read());
        Assert.Equal("x", reader.GetString(0));
        Assert.False(reader.NextResult());
    }

    [Fact]
    public void TheFirstStatementStaysWhenTheSecondFails()
    {
        Assert.Throws<DuckDBException>(() => database.Run("create table stays(a int); select * from nowhere"));
        Assert.Equal(0L, database.Scalar("select count(*) from stays"));
    }

    [Fact]
    public void NonQueriesCountChangedRows()
    {
        Assert.Equal(0, database.Run("create table t(a int)"));
        Assert.Equal(5, database.Run("insert into t values (1), (2), (3); insert into t values (4), (5)"));
        Assert.Equal(0, database.Run("select 1"));
    }

    [Fact]
    public void ScalarsTellNoRowFromNull()
    {
        Assert.Null(database.Scalar("select 1 where false"));
        Assert.Equal(DBNull.Value, database.Scalar("select null"));
        Assert.Null(database.Scalar("create table t(a int)"));
    }

    [Theory]
    [InlineData("", DuckDBErrorType.Invalid, "")]
    [InlineData("-- only a comment", DuckDBErrorType.Invalid, "")]
    [InlineData("selec", DuckDBErrorType.Invalid, "Parser Error")]
    [InlineData("select * from nowhere", DuckDBErrorType.Invalid, "Catalog Error")]
    [InlineData("select error('own words')", DuckDBErrorType.InvalidInput, "own words")]
    [InlineData("create table u(a int unique); insert into u values (1), (1)", DuckDBErrorType.Constraint, "Constraint Error")]
    [InlineData("select v::int from (values ('x')) t(v)", DuckDBErrorType.Conversion, "Conversion Error")]
    public void ErrorsHaveTheirType(string sql, DuckDBErrorType type, string message)
    {
        var error = Assert.Throws<DuckDBException>(() => database.Scalar(sql));
        Assert.Equal(type, error.ErrorType);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, database.Scalar("select 1"));
    }

    [Fact]
    public void NamedParametersIgnoreCaseAndExtras() =>
        Assert.Equal(3, database.Scalar("select $a + $B", new("A", 1), new("b", 2), new("extra", 9)));

    [Fact]
    public void AMissingNamedParameterIsAnInputError() =>
        Assert.Equal(DuckDBErrorType.InvalidInput, Assert.Throws<DuckDBException>(() => database.Scalar("select $a", new DuckDBParameter("b", 1))).ErrorType);

    [Fact]
    public void PositionalParametersAreCounted()
    {
        Assert.Equal(3, database.Scalar("select ? + ?", new(1), new(2), new(9)));
        Assert.Equal("Invalid number of parameters. Expected 2, got 1", Assert.Throws<InvalidOperationException>(() => database.Scalar("select ? + ?", new DuckDBParameter(1))).Message);
    }

    [Fact]
    public void GetOrdinalIsExactAndReadComesFirst()
    {
        using var command = database.Command("select 1 as a, 2 as a");
        using var reader = command.ExecuteReader();
        Assert.Equal("No row has been read", Assert.Throws<InvalidOperationException>(() => reader.GetValue(0)).Message);
        Assert.Equal(0, reader.GetOrdinal("a"));
        Assert.Throws<DuckDBException>(() => reader.GetOrdinal("A"));
        Assert.Equal(2, reader.FieldCount);
    }

    [Fact]
    public async Task ATokenEndsALongStatement()
    {
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        database.Connection.RegisterTableFunction("endless", () => new TableFunction([new("i", typeof(int))], Endless()), (item, writers, row) => writers[0].WriteValue((int)item!, row));
        await using var command = database.Command("select count(*) from endless()");
        var running = Task.Run(() => command.ExecuteScalarAsync(source.Token));
        await started.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(1, database.Scalar("select 1"));

        IEnumerable<int> Endless()
        {
            started.TrySetResult();
            while (true)
                yield return 1;
        }
    }

    [Fact]
    public async Task ATokenThatFiredBeforeStopsTheStart()
    {
        await using var command = database.Command("create table never(a int)");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync(new CancellationToken(canceled: true)));
        Assert.Throws<DuckDBException>(() => database.Scalar("select * from never"));
    }

    [Fact]
    public void AStreamIsReadWhileItIsComputed()
    {
        using var command = database.Command("select i from range(1000000000000) t(i)");
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        for (var i = 0L; i < 5000; i++)
        {
            Assert.True(reader.Read());
            Assert.Equal(i, reader.GetInt64(0));
        }
    }

    [Fact]
    public void TransactionsCommitRollBackAndEndOnce()
    {
        database.Run("create table t(a int)");
        using (var transaction = database.Connection.BeginTransaction())
        {
            Assert.Equal("Already in a transaction.", Assert.Throws<InvalidOperationException>(database.Connection.BeginTransaction).Message);
            database.Run("insert into t values (1)");
            transaction.Commit();
            Assert.Equal("Transaction has already been finished.", Assert.Throws<InvalidOperationException>(transaction.Rollback).Message);
        }
        using (database.Connection.BeginTransaction())
            database.Run("insert into t values (2)");
        Assert.Equal(1L, database.Scalar("select count(*) from t"));
        Assert.Throws<ArgumentException>(() => ((IDbConnection)database.Connection).BeginTransaction(IsolationLevel.ReadCommitted));
    }

    public void Dispose() => database.Dispose();
}
