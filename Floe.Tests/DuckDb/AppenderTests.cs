using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Xunit;

namespace Floe.Tests.DuckDb;

public sealed class AppenderTests : IDisposable
{
    private readonly Database database = new();

    [Fact]
    public void AppendsEveryTypeOverSeveralChunks()
    {
        const int Rows = 5000;
        database.Run("create table t(b bool, i bigint, d decimal(12,2), w decimal(38,4), f double, s varchar, u uuid, ts timestamp, tz timestamptz, dt date, tm time, iv interval, bl blob, e enum('a', 'b'), l int[], n int)");
        var id = Guid.NewGuid();
        using (var appender = database.Connection.CreateAppender("t"))
        {
            for (var i = 0; i < Rows; i++)
            {
                appender.CreateRow().AppendValue(i % 2 == 0).AppendValue(i).AppendValue(i / 100m).AppendValue(-1.005m).AppendValue(i / 2.0)
                    .AppendValue(i % 3 == 0 ? "short" : "a text of more than twelve bytes " + i).AppendValue(id)
                    .AppendValue(new DateTime(2024, 1, 1).AddSeconds(i)).AppendValue(new DateTimeOffset(2024, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)))
                    .AppendValue(new DateOnly(2024, 2, 29)).AppendValue(new TimeOnly(1, 2, 3)).AppendValue(TimeSpan.FromHours(25)).AppendValue(new byte[] { 1, 2 })
                    .AppendValue("b").AppendValue(new List<int> { i, i + 1 }).AppendNullValue().EndRow();
            }
        }
        using var reader = database.Row($"""
            select count(*), sum(i)::bigint, sum(d), min(w), sum(f), count(distinct s), min(u), max(ts), min(tz), min(dt), min(tm)::varchar, min(iv), count(bl), min(e::varchar), sum(l[2])::bigint, count(n),
                   count(*) filter (b = (i % 2 = 0) and d = (i * 0.01)::decimal(12,2) and s = case i % 3 when 0 then 'short' else 'a text of more than twelve bytes ' || i end)
            from t
            """);
        Assert.Equal([(long)Rows, 12497500L, 124975.00m, -1.005m, 6248750.0, 3334L, id, new DateTime(2024, 1, 1).AddSeconds(Rows - 1), new DateTime(2024, 1, 1),
            new DateOnly(2024, 2, 29), "01:02:03", TimeSpan.FromHours(25), (long)Rows, "b", 12502500L, 0L, (long)Rows], Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue));
    }

    [Fact]
    public void RowsAppearWhenTheAppenderCloses()
    {
        database.Run("create table t(a int, b int default 7)");
        using var appender = database.Connection.CreateAppender("t");
        appender.CreateRow().AppendValue(1).AppendValue(1).EndRow();
        appender.Clear();
        appender.CreateRow().AppendValue(2).AppendDefault().EndRow();
        Assert.Equal(0L, database.Scalar("select count(*) from t"));
        appender.Close();
        Assert.Equal(9L, database.Scalar("select sum(a + b)::bigint from t"));
        Assert.Equal("Appender is already closed", Assert.Throws<InvalidOperationException>(() => appender.CreateRow()).Message);
    }

    [Fact]
    public void WrongRowsAreRefused()
    {
        database.Run("create table t(i bigint, d decimal(6,2))");
        using var appender = database.Connection.CreateAppender("t");
        var row = appender.CreateRow();
        Assert.Equal("Cannot write String to BigInt column", Assert.Throws<InvalidOperationException>(() => row.AppendValue("x")).Message);
        row = appender.CreateRow();
        row.AppendValue(1);
        Assert.Equal("The table t has 2 columns but you specified only 1 values", Assert.Throws<InvalidOperationException>(row.EndRow).Message);
        Assert.Throws<OverflowException>(() => row.AppendValue(10_000m));
        Assert.Throws<IndexOutOfRangeException>(() => row.AppendValue(1m));
        appender.Clear();
    }

    [Fact]
    public void ErrorsOfTheTableHaveTheirType()
    {
        Assert.Equal(DuckDBErrorType.Catalog, Assert.Throws<DuckDBException>(() => database.Connection.CreateAppender("nowhere")).ErrorType);
        database.Run("create table t(a int primary key)");
        var appender = database.Connection.CreateAppender("t");
        appender.AppendRow(row => row.AppendValue(1));
        appender.AppendRow(1, static (row, value) => row.AppendValue(value));
        Assert.Equal(DuckDBErrorType.Constraint, Assert.Throws<DuckDBException>(appender.Close).ErrorType);
        Assert.Equal(0L, database.Scalar("select count(*) from t"));
    }

    public void Dispose() => database.Dispose();
}
