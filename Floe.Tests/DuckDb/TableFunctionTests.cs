using DuckDB.NET.Data;
using Xunit;

namespace Floe.Tests.DuckDb;

public sealed class TableFunctionTests : IDisposable
{
    private readonly Database database = new();

    [Fact]
    public void RowsOverSeveralChunksWithParametersAndNulls()
    {
        database.Connection.RegisterTableFunction<long, string>("numbers",
            arguments => new TableFunction(
                [new("i", typeof(long)), new("s", typeof(string)), new("m", typeof(decimal)), new("d", typeof(DateOnly))],
                Range(arguments[0].GetValue<long>(), arguments[1].GetValue<string>()),
                new CardinalityHint(5000, IsExact: true)),
            (item, writers, row) =>
            {
                var (i, s) = ((long, string))item!;
                writers[0].WriteValue(i, row);
                if (i % 2 == 0)
                    writers[1].WriteNull(row);
                else
                    writers[1].WriteValue(s + i, row);
                writers[2].WriteValue(i / 4m, row);
                writers[3].WriteValue(new DateOnly(2024, 1, 1), row);
            });

        using var reader = database.Row("select count(*), count(s), sum(i)::bigint, max(s), sum(m), min(d) from numbers(5000, 'n')");
        Assert.Equal([5000L, 2500L, 12497500L, "n999", 3124375m, new DateOnly(2024, 1, 1)], Enumerable.Range(0, 6).Select(reader.GetValue));

        static IEnumerable<(long, string)> Range(long end, string prefix)
        {
            for (var i = 0L; i < end; i++)
                yield return (i, prefix);
        }
    }

    [Fact]
    public void AProjectionNamesTheColumns()
    {
        database.Connection.RegisterTableFunction("lengths", (string text) => text.Split(' '), word => new { Word = word, word.Length, Odd = word.Length % 2 == 1 ? (int?)1 : null });
        using var reader = database.Row("select string_agg(Word, '|'), sum(Length)::int, count(Odd) from lengths('one three five')");
        Assert.Equal(["one|three|five", 12, 2L], Enumerable.Range(0, 3).Select(reader.GetValue));
    }

    [Fact]
    public void AnExceptionBecomesTheStatementsErrorAndKeepsItsCause()
    {
        database.Connection.RegisterTableFunction("fails", () => new TableFunction([new("i", typeof(int))], new[] { 1 }), (_, _, _) => throw new TimeoutException("boom"));
        var error = Assert.Throws<DuckDBException>(() => database.Scalar("select * from fails()"));
        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal(1, database.Scalar("select 1"));
    }

    [Fact]
    public void ANullArgumentIsAnErrorNotACrash()
    {
        database.Connection.RegisterTableFunction<long>("upto", arguments => new TableFunction([new("i", typeof(long))], new[] { arguments[0].GetValue<long>() }),
            (item, writers, row) => writers[0].WriteValue((long)item!, row));
        Assert.IsType<InvalidCastException>(Assert.Throws<DuckDBException>(() => database.Scalar("select * from upto(null)")).InnerException);
        Assert.Equal(5L, database.Scalar("select * from upto(5)"));
    }

    [Fact]
    public void AWrongWriteAndAnUnknownColumnTypeAreErrors()
    {
        database.Connection.RegisterTableFunction("wrong", () => new TableFunction([new("i", typeof(long))], new[] { 1 }), (_, writers, row) => writers[0].WriteValue("x", row));
        Assert.Contains("Cannot write String to BigInt column", Assert.Throws<DuckDBException>(() => database.Scalar("select * from wrong()")).Message, StringComparison.Ordinal);
        database.Connection.RegisterTableFunction("unknown", () => new TableFunction([new("i", typeof(Uri))], Array.Empty<int>()), (_, _, _) => { });
        Assert.Contains("Cannot map type System.Uri to DuckDBType", Assert.Throws<DuckDBException>(() => database.Scalar("select * from unknown()")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRowsAreDisposedEvenWhenTheScanStopsEarly()
    {
        var disposed = 0;
        database.Connection.RegisterTableFunction("endless", () => new TableFunction([new("i", typeof(int))], Endless()), (item, writers, row) => writers[0].WriteValue((int)item!, row));
        Assert.Equal(3L, database.Scalar("select count(*) from (select * from endless() limit 3)"));
        Assert.Equal(1, disposed);

        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                    yield return i;
            }
            finally
            {
                disposed++;
            }
        }
    }

    public void Dispose() => database.Dispose();
}
