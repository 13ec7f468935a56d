using System.Numerics;
using Floe.Lakehouse;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Expressions;

public sealed class TransformTests : IDisposable
{
    private readonly DuckDB.NET.Data.DuckDBConnection db = LocalTable.Duck();

    // The specification's appendix B, "32-bit Hash Requirements": type, value as held, hash.
    public static TheoryData<string, object, int> Hashes => new()
    {
        { "int", 34, 2017239379 },
        { "long", 34L, 2017239379 },
        { "decimal(9, 2)", new BigInteger(1420), -500754589 },
        { "date", new DateOnly(2017, 11, 16).DayNumber - 719162, -653330422 },
        { "time", 81068000000L, -662762989 },
        { "timestamp", 1510871468000000L, -2047944441 },
        { "timestamp", 1510871468000001L, -1207196810 },
        { "timestamptz", 1510871468000000L, -2047944441 },
        { "timestamptz", 1510871468000001L, -1207196810 },
        { "string", "iceberg", 1210000089 },
        { "uuid", Guid.Parse("f79c3e09-677c-4bbd-a479-3f349cb785e7"), 1488055340 },
        { "fixed[4]", new byte[] { 0, 1, 2, 3 }, -188683207 },
        { "binary", new byte[] { 0, 1, 2, 3 }, -188683207 },
    };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Values_are_hashed_as_the_specification_says(string type, object value, int hash)
    {
        Assert.Equal(hash, TransformValues.Hash(PrimitiveType.Parse(type), value));
        Assert.Equal((hash & int.MaxValue) % 1_000_000, Transform.Bucket(1_000_000).Apply(PrimitiveType.Parse(type), value));
    }

    public static TheoryData<string, string, object?, object?> Values => new()
    {
        { "truncate[10]", "int", 1, 0 },
        { "truncate[10]", "int", -1, -10 },
        { "truncate[10]", "long", -10L, -10L },
        { "truncate[50]", "decimal(9, 2)", new BigInteger(1065), new BigInteger(1050) },
        { "truncate[50]", "decimal(9, 2)", new BigInteger(-1), new BigInteger(-50) },
        { "truncate[3]", "string", "iceberg", "ice" },
        { "truncate[3]", "string", "a🚀🚀🚀", "a🚀🚀" },
        { "truncate[3]", "string", "", "" },
        { "truncate[3]", "binary", new byte[] { 1, 2, 3, 4 }, new byte[] { 1, 2, 3 } },
        { "year", "date", Day(2017, 11, 16), 47 },
        { "year", "date", Day(1970, 1, 1), 0 },
        { "year", "date", Day(1969, 12, 31), -1 },
        { "year", "date", Day(1, 1, 1), -1969 },
        { "year", "date", Day(1, 1, 1) - 1, -1970 },
        { "month", "date", Day(2017, 11, 16), 574 },
        { "month", "date", Day(1969, 12, 31), -1 },
        { "month", "date", Day(1968, 12, 31), -13 },
        { "month", "date", Day(1, 1, 1) - 1, -23629 },
        { "day", "date", -5, -5 },
        { "day", "timestamp", -1L, -1 },
        { "day", "timestamp", 0L, 0 },
        { "day", "timestamptz", 1510871468000001L, Day(2017, 11, 16) },
        { "month", "timestamptz", -1L, -1 },
        { "year", "timestamp", -1L, -1 },
        { "hour", "timestamp", 1510871468000001L, 419686 },
        { "hour", "timestamptz", -1L, -1 },
        { "hour", "timestamptz", -3600000001L, -2 },
        { "identity", "string", "x", "x" },
        { "void", "string", "x", null },
        { "bucket[16]", "string", null, null },
        { "year", "date", null, null },
        { "truncate[3]", "string", null, null },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_transformed_and_the_SQL_agrees(string text, string typeText, object? value, object? result)
    {
        var (transform, type) = (Transform.Parse(text), PrimitiveType.Parse(typeText));

        Assert.Equal(result, transform.Apply(type, value));
        AssertSame(transform, type, value);
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Buckets_in_SQL_are_those_of_the_specification(string type, object value, int hash)
    {
        _ = hash;
        AssertSame(Transform.Bucket(1_000_000), PrimitiveType.Parse(type), value);
    }

    [Fact]
    public void SQL_and_code_agree_for_random_values()
    {
        var random = new Random(1);
        var sql = new List<string>();
        foreach (var type in SampleValues.Types)
        {
            Transform[] all = [Transform.Identity, Transform.Void, Transform.Bucket(7), Transform.Bucket(int.MaxValue), Transform.Truncate(1), Transform.Truncate(5), Transform.Year, Transform.Month, Transform.Day, Transform.Hour];
            foreach (var transform in all.Where(t => t.CanApply(type)))
            {
                for (var i = 0; i < 4; i++)
                    sql.Add(Same(transform, type, SampleValues.Next(random, type)));
            }
        }

        for (var i = 0; i < sql.Count; i += 100)
            Assert.Equal("", LocalTable.Scalar<string>(db, $"SELECT concat_ws(chr(10), {string.Join(", ", sql.Skip(i).Take(100))})"));
    }

    [Theory]
    [InlineData("bucket[4]", "double")]
    [InlineData("bucket[4]", "boolean")]
    [InlineData("truncate[4]", "uuid")]
    [InlineData("hour", "date")]
    [InlineData("day", "time")]
    [InlineData("zorder", "int")]
    public void A_transform_that_the_type_does_not_have_is_a_typed_error(string transform, string type)
    {
        var e = Assert.Throws<ValidationException>(() => Transform.Parse(transform).Apply(PrimitiveType.Parse(type), 5));
        Assert.Equal($"The transform {transform} does not exist for {type}.", e.Message);
        Assert.Throws<ValidationException>(() => Transform.Parse(transform).ToSql(PrimitiveType.Parse(type), "x"));
    }

    [Fact]
    public void A_truncation_below_the_type_is_a_typed_error()
    {
        Assert.Contains("-2147483648", Assert.Throws<ValidationException>(() => Transform.Truncate(10).Apply(PrimitiveType.Int, int.MinValue)).Message);
        Assert.Throws<ValidationException>(() => Transform.Truncate(10).Apply(PrimitiveType.Long, long.MinValue));
        Assert.Equal(int.MinValue, Transform.Truncate(8).Apply(PrimitiveType.Int, int.MinValue));
    }

    public void Dispose() => db.Dispose();

    private static int Day(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - 719162;

    private void AssertSame(Transform transform, PrimitiveType type, object? value) =>
        Assert.Equal("", LocalTable.Scalar<string>(db, $"SELECT concat_ws('', {Same(transform, type, value)})"));

    /// <summary>SQL that is null when both agree, else says what differs. The type of the result is compared too.</summary>
    private static string Same(Transform transform, PrimitiveType type, object? value)
    {
        var result = transform.ResultType(type);
        var expected = SqlLiteral.Of(result, transform.Apply(type, value));
        var actual = transform.ToSql(type, $"({SqlLiteral.Of(type, value)})");
        return $"CASE WHEN {actual} IS NOT DISTINCT FROM {expected} AND typeof({actual}) = {DuckDbSql.Text(DuckDbTypes.ToSql(result))} THEN NULL ELSE concat({SqlLiteral.Of(PrimitiveType.String, $"{transform} of {type} {value}: ")}, {actual}, ' not ', {expected}, ' ', typeof({actual})) END";
    }
}
