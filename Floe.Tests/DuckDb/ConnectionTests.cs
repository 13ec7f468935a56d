using System.Data;
using DuckDB.NET.Data;
using Xunit;

namespace Floe.Tests.DuckDb;

public sealed class ConnectionTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("floe-duckdb-").FullName;

    [Theory]
    [InlineData("Data Source=:memory:;Memory Limit=1GB", "Unrecognized connection string property 'memory limit'")]
    [InlineData("threads=2", "has no data source")]
    public void AWrongConnectionStringIsNamed(string connectionString, string message)
    {
        using var connection = new DuckDBConnection(connectionString);
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(connection.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsReachTheDatabase()
    {
        using var connection = Open("Data Source=:memory:;threads=1;memory_limit=123MB");
        Assert.Equal(1L, Scalar(connection, "select current_setting('threads')"));
        Assert.Equal("117.3 MiB", Scalar(connection, "select current_setting('memory_limit')"));
    }

    [Fact]
    public void InMemoryDatabasesArePrivateSharedOrDuplicated()
    {
        using var first = Open("Data Source=:memory:");
        Scalar(first, "create table t as select 1 as a");
        using var stranger = Open("Data Source=:memory:");
        Assert.Throws<DuckDBException>(() => Scalar(stranger, "select a from t"));
        using var duplicate = first.Duplicate();
        Assert.Equal(ConnectionState.Closed, duplicate.State);
        duplicate.Open();
        Assert.Equal(1, Scalar(duplicate, "select a from t"));

        using var shared = Open("Data Source=:memory:?cache=shared");
        Scalar(shared, "create table shared_t as select 2 as a");
        using var other = Open("Data Source=:memory:?cache=shared");
        Assert.Equal(2, Scalar(other, "select a from shared_t"));
    }

    [Fact]
    public void AFileIsOpenedOnceAndClosedWithItsLastConnection()
    {
        var source = $"Data Source={Path.Combine(directory, "a.duckdb")}";
        using (var first = Open(source + ";threads=2"))
        using (var second = Open(source + ";threads=1"))
        {
            Scalar(first, "create table t as select 1 as a");
            Assert.Equal(1, Scalar(second, "select a from t"));
            Assert.Equal(2L, Scalar(second, "select current_setting('threads')"));
            Assert.Throws<NotSupportedException>(first.Duplicate);
        }
        using var later = Open(source + ";access_mode=READ_ONLY;threads=1");
        Assert.Equal(1L, Scalar(later, "select current_setting('threads')"));
        Assert.Equal("a", later.Database);
    }

    [Fact]
    public void StatesAreChecked()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        Assert.Contains("requires an open connection", Assert.Throws<InvalidOperationException>(() => Scalar(connection, "select 1")).Message, StringComparison.Ordinal);
        connection.Open();
        Assert.Equal("Connection is already open.", Assert.Throws<InvalidOperationException>(connection.Open).Message);
        Assert.Equal(":memory:", connection.Database);
        Assert.StartsWith("v1.", connection.ServerVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void AMaterialisedReaderOutlivesItsConnection()
    {
        var connection = Open("Data Source=:memory:");
        using var command = new DuckDBCommand("select i from range(5000) t(i)", connection);
        using var reader = command.ExecuteReader();
        connection.Dispose();
        var rows = 0;
        while (reader.Read())
            rows++;
        Assert.Equal(5000, rows);
    }

    [Fact]
    public void FourThreadsMayUseOneConnection()
    {
        using var connection = Open("Data Source=:memory:");
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(i, Scalar(connection, $"select {i}")));
    }

    [Fact]
    public void WhatWasNotDisposedIsFinalisedQuietly()
    {
        for (var i = 0; i < 20; i++)
            Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var connection = Open("Data Source=:memory:");
        Assert.Equal(1, Scalar(connection, "select 1"));

        static void Forget()
        {
            var connection = Open("Data Source=:memory:");
            Scalar(connection, "create table t(a int)");
            connection.CreateAppender("t").CreateRow().AppendValue(1).EndRow();
            new DuckDBCommand("select * from range(10000)", connection).ExecuteReader().Read();
        }
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static DuckDBConnection Open(string connectionString)
    {
        var connection = new DuckDBConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static object? Scalar(DuckDBConnection connection, string sql)
    {
        using var command = new DuckDBCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
